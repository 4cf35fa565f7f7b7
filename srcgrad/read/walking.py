"""A loop along a container: what it may change there, and what it walks along then.

for k in d: d[k] = v              for k in list(d): d[k] = v
for i, v in enumerate(xs):        for i, v in list(enumerate(xs)):
    xs[i] = v * v          ->         xs[i] = v * v
"""

from __future__ import annotations

import builtins
from typing import Any

import gast

from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Let, Var
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import find_slot

_PAIRS = (builtins.enumerate, ops.method("items"))


class Walk:
    """Keeps the containers that a loop goes along from being changed elsewhere than where it is."""

    def __init__(self, at: Lifter, target: Any, source: Atom) -> None:
        self.target = target
        self.source = source
        self.owners = at.lists.owners(source)
        self.before = [owner.changes for owner in self.owners]
        self.key: Var | None = None
        binding = (s for s in reversed(at.out) if isinstance(s, Let) and s.targets == (source,))
        made = next(binding, None)
        self.pairs = made is not None and made.fn in _PAIRS
        self.keys = bool(self.owners) and source in at.lists.of and self.owners[0].cls is dict
        self.plain = self.keys
        if made is not None and made.fn is ops.method("keys"):
            self.keys = True
        if made is not None and made.fn is builtins.enumerate and len(made.args) > 1:
            self.pairs = False

    def begin(self, at: Lifter, each: Var) -> None:
        """Enter a turn; its index or key is known by then."""
        node = self.target.elts[0] if self.pairs and _is_pair(self.target) else self.target
        if (self.pairs or self.keys) and isinstance(node, gast.Name):
            slot = find_slot(at.frame.scope, node.id)
            value = at.state.get(slot) if slot is not None else None
            self.key = value if isinstance(value, Var) else None
        for owner in self.owners:
            owner.iterated += 1
            if self.key is not None and len(self.owners) == 1:
                owner.walkers.append(self.key)

    def end(self, at: Lifter, node: Any) -> Atom:
        """Leave the loop; return what it walks along: a list made before, if that changed."""
        for owner in self.owners:
            owner.iterated -= 1
            if self.key is not None and self.key in owner.walkers:
                owner.walkers.remove(self.key)
        same = [owner.changes for owner in self.owners] == self.before
        source = self.source
        if self.plain and self.owners[0].changes:  # the keys of a dict are no numbers
            source = _made(at, ops.method("keys"), source, node)
        return source if same else _made(at, list, source, node)


def _made(at: Lifter, fn: Any, source: Atom, node: Any) -> Var:
    var = Var("")
    at.out.append(Let((var,), fn, (source,), (), at.origin(node)))
    return var


def _is_pair(target: Any) -> bool:
    return isinstance(target, gast.Tuple) and len(target.elts) == 2
