"""Apply a derivative rule to one statement: where broadcasting is undone, and only there."""

from __future__ import annotations

import inspect
import operator
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.derive.chosen import Mask, choose, is_choice, times
from srcgrad.derive.complexes import (
    agree,
    brought,
    brought_items,
    check_real,
    kinds_of,
    refuse_complex,
    rule_in,
)
from srcgrad.derive.fit import fitted, same_shape
from srcgrad.derive.forms import as_arrays, by_position, is_scipy, kind_asked, unknown
from srcgrad.derive.frames import Frame, adjoint
from srcgrad.derive.lists import add_inside, holds_lists
from srcgrad.derive.records import attribute, constructor, is_record, is_record_class, taken_whole
from srcgrad.derive.sparse import dense_or_product
from srcgrad.derive.structure import HANDLERS, list_operation
from srcgrad.errors import NoRule, Problem, SrcgradError
from srcgrad.facts.activity import INERT
from srcgrad.facts.kinds import UNKNOWN, Arr, DictOf, Known, ListOf, Map, Num, Py, Seq, Sparse, Type
from srcgrad.facts.sizes import Sizes
from srcgrad.origin import Origin
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Do, Fn, For, Let, Program, Stmt, Var
from srcgrad.program.show import fn_name
from srcgrad.program.walk import among, inlined, is_const, targets
from srcgrad.rules.classes import reason
from srcgrad.rules.table import Rule, rule_for

LEAD = {"elementwise": 1, "pull_each": 3}
"""How many parameters a rule has before the arguments of the call, where it is not two."""


def inert(fn: Fn) -> bool:
    """Tell whether a call never carries a derivative, whatever its arguments."""
    if isinstance(fn, Program):
        return False
    if among(fn, INERT) or among(fn, HANDLERS):
        return among(fn, INERT)
    rule = rule_for(fn)
    return rule is not None and rule.kind == "zero"


class Payer:
    """Adds contributions to what is owed, and turns what is owed to a result into those."""

    def __init__(
        self,
        live: set[Var],
        types: Mapping[Var, Type],
        guarded: Collection[Var] = (),
        unbound: Collection[Var] = (),
    ) -> None:
        self.unbound = unbound
        self.live = live
        self.guarded = guarded
        self.types = types
        self.sizes = Sizes()
        self.problems: list[Problem] = []
        self.before = 0
        self.masks: dict[Var, Mask] = {}
        self.defs: Mapping[Var, Let] = {}
        self.cots: set[Var] = set()
        self.products: set[Atom] = set()
        self.ahead: list[Stmt] = []
        self.lists: Mapping[Var, int] = {}
        self.gone: Collection[Var] = ()
        self.complex = False
        self.kinds: set[bool | None] = {False}

    def pay(
        self,
        frame: Frame,
        atom: Atom,
        g: Atom,
        b: Builder,
        *,
        made: bool = False,
        numeric: bool = False,
        source: Atom | None = None,
    ) -> None:
        """Add a contribution to what is owed to an atom.

        ``made`` tells that its variable is new, ``numeric`` that it is no container, ``source``
        what it was owed to.
        """
        if not isinstance(atom, Var) or atom not in self.live:
            return
        if self.complex and not self.alike(source, atom):
            before_it, g = g, brought(self, atom, g, b)
            made = made or g is not before_it
        before = frame.current(atom)
        if before is None:
            if made or (atom.user and isinstance(g, Var) and g in self.cots and not g.user):
                _rename(g, adjoint(atom))
            if made and isinstance(g, Var):
                self.cots.add(g)
            frame.owed[atom] = g
            return
        if made:
            _rename(g, Var(""))
        if before in self.products:  # one of several terms has no name of its own
            _rename(before, Var(""))
        if isinstance(before, Var) and before.hint == adjoint(atom).hint:
            before.user = before.user and before in frame.totals.values()
        numeric = numeric or isinstance(self.types.get(atom), (Arr, Py, Num))
        numeric = numeric and not self.lacks(atom)
        total = b.let(operator.add if numeric else runtime.add, before, g)
        _rename(total, adjoint(atom))
        self.cots.add(total)
        frame.owed[atom] = total

    def alike(self, source: Atom | None, atom: Atom) -> bool:
        """Tell whether what is paid from one to the other is real or complex as it was."""
        if source is not None:
            return agree(self.kind(source), self.kind(atom))
        return self.kinds <= {False} or self.kinds == {True}

    def pay_item(self, frame: Frame, atom: Atom, g: Var, b: Builder) -> None:
        """Add a contribution that was an item of another to what is owed to an atom.

        What is owed to a list that was changed is a list, though NumPy gave the rows of an array.
        """
        if isinstance(atom, Var) and atom in self.lists and atom in self.live:
            g = self.listed(atom, g, b)
        self.pay(frame, atom, g, b, made=True)

    def listed(self, atom: Var, g: Atom, b: Builder) -> Var:
        """Return what is owed to a list as a list."""
        depth = self.lists[atom]
        if isinstance(self.types.get(atom), (Map, DictOf)) and depth < 2:
            assert isinstance(g, Var)
            return g
        return b.let(list, g) if depth < 2 else b.let(runtime.listed, g, depth)

    def zeros(self, var: Var, b: Builder, like: Var | None = None) -> Atom:
        """Return a zero cotangent; ``like`` is something of the same shape that is at hand."""
        kind = self.types.get(var)
        if self.lacks(var):
            return Const(None)
        if var in self.unbound:  # where it is not bound, nothing reads what is owed to it
            return Const(0.0)
        if isinstance(kind, (Py, Num)) or (isinstance(kind, Arr) and kind.scalar):
            return Const(0.0)
        if isinstance(kind, Known) and isinstance(kind.value, (int, float)):
            return Const(0.0)
        if like is not None and isinstance(kind, Arr) and np.issubdtype(kind.dtype, np.floating):
            return b.let(np.zeros_like, like)
        return b.let(runtime.zeros_like, var)

    def deeper(self, let: Let, g: Atom | None, frame: Frame, b: Builder) -> bool:
        """Pay an entry of a row to the array that the row is of: ``A[i][j]`` is ``A[i, j]``."""
        row, index = let.args
        made = self.defs.get(row) if isinstance(row, Var) else None
        if made is None or made.fn is not operator.getitem or not isinstance(made.args[0], Var):
            return False
        whole, first = made.args
        assert isinstance(whole, Var)
        numbers = (Py, Known, Arr)
        plain = [self.kind(atom) for atom in (first, index)]
        if holds_lists(self.kind(whole)):
            add_inside(self, (whole, first, index), g, frame, b)
            return True
        if not isinstance(self.kind(whole), Arr) or frame.current(whole) is None:
            return False
        if not all(isinstance(kind, numbers) and is_int(kind) for kind in plain):
            return False
        place = b.let(ops.make_tuple, first, index)
        name = adjoint(whole)
        total = b.let(runtime.put_add, frame.current(whole), place, g, hint=name.hint)
        total.user = name.user
        frame.owed[whole] = total
        return True

    def lacks(self, atom: Atom) -> bool:
        """Tell whether what is owed to a variable may be ``None``, for nothing.

        It may be unbound, and then there is nothing that zeros could be made like.
        """
        if atom not in self.unbound:
            return False
        kind = self.kind(atom)
        number = isinstance(kind, (Py, Num)) or (isinstance(kind, Arr) and kind.scalar)
        return not number and not (isinstance(kind, Known) and type(kind.value) in (int, float))

    def given(self, g: Atom, source: Atom, atom: Atom, b: Builder) -> Atom:
        """Return what is owed to ``source`` as it is to be paid to ``atom``, which it was."""
        return self.some(g, atom, b) if self.lacks(source) else g

    def some(self, g: Atom, atom: Atom, b: Builder) -> Atom:
        """Return a cotangent that may be ``None`` as it is to be paid to an atom."""
        made = isinstance(g, Const) and g.value is not None
        if made or self.lacks(atom) or atom not in self.live:
            return g
        return b.let(runtime.given, g, Const(0.0) if atom in self.unbound else atom)

    def let(self, let: Let, frame: Frame, b: Builder) -> None:
        """Pay back one call."""
        owed = [frame.take(var) for var in let.targets]
        if all(g is None for g in owed):
            return
        self.before = len(b.stmts)
        if self.complex:
            self.kinds = kinds_of(self, let)
        if not taken_whole(self, let):
            self._call(let, owed, frame, b)
        self.kinds = {False}

    def _call(self, let: Let, owed: list[Atom | None], frame: Frame, b: Builder) -> None:
        handler = HANDLERS[let.fn] if among(let.fn, HANDLERS) else None
        if handler is None:
            handler = list_operation(let, [self.kind(atom) for atom in let.args])
        if handler is not None:
            handler(self, let, owed, frame, b)
            return
        if isinstance(let.fn, ops.Attribute) and is_record(self, let):
            attribute(self, let, owed[0], frame, b)
        elif isinstance(let.fn, type) and is_record_class(let.fn):
            constructor(self, let, owed[0], frame, b)
        elif is_choice(let) and owed[0] is not None:
            choose(self, let, owed[0], frame, b)
        else:
            self._rule(let, owed[0], frame, b)

    def refuse(
        self,
        origin: Origin | None,
        what: str,
        why: str,
        instead: str,
        kind: type[SrcgradError] = NoRule,
    ) -> None:
        """Note a reason why the program has no derivative."""
        problem = Problem(kind, origin, what, why, instead)
        if problem not in self.problems:
            self.problems.append(problem)

    def _rule(self, let: Let, g: Atom | None, frame: Frame, b: Builder) -> None:
        assert g is not None
        if (other := dense_or_product(let, [self.kind(atom) for atom in let.args])) is not let:
            if other is None:
                self.refuse_call(let, list(let.args), "sparse matrices")
                return
            let = other
        if refuse_complex(self, let):
            return
        rule = None if isinstance(let.fn, Program) else rule_in(self, let)
        check_real(self, let, b)
        if rule is not None and rule.function is not None:
            let = by_position(let, rule.function)
        live = [i for i, atom in enumerate(let.args) if atom in self.live]
        named = [name for name, atom in let.kwargs if atom in self.live]
        if rule is None or rule.function is None:
            self.refuse_call(let, [*(let.args[i] for i in live), *dict(let.kwargs).values()])
            return
        assert rule.function is not None
        strange = unknown(let, rule.function, LEAD.get(rule.kind, 2))
        asked = kind_asked(let, rule.function, LEAD.get(rule.kind, 2))
        if asked and asked not in ("biufc" if self.complex else "biuf"):
            strange = "this dtype"
        if strange is not None:
            self.refuse_call(let, [let.args[i] for i in live], strange)
            return
        if asked and asked in "biu":  # whole numbers carry nothing
            return
        if rule.kind == "pull_each":
            for i in live:
                (cot,) = self.inline(rule.function, [Const(i), g, let.targets[0]], let, b)[:1]
                self._give(let, i, let.args[i], cot, frame, b, False)
            for name in named:
                (cot,) = self.inline(rule.function, [Const(name), g, let.targets[0]], let, b)[:1]
                self._give(let, name, dict(let.kwargs)[name], cot, frame, b, False)
            return
        if rule.kind == "elementwise":
            self._elementwise(rule, let, g, live, named, frame, b)
            return
        widen = rule.kind == "multilinear" and not self._never_spreads(let)
        seen = self.seen(let, rule, b)
        cots = self.inline(rule.function, [g, let.targets[0]], seen, b)
        for i in live:
            self._give(let, i, let.args[i], at(cots, i), frame, b, widen, seen is not let)
        for name in named:
            place = place_in(rule.function, name)
            self._give(let, name, dict(let.kwargs)[name], at(cots, place), frame, b, widen)

    def _elementwise(
        self,
        rule: Rule,
        let: Let,
        g: Atom,
        live: list[int],
        named: list[str],
        frame: Frame,
        b: Builder,
    ) -> None:
        assert rule.function is not None
        partials = self.inline(rule.function, [let.targets[0]], self.seen(let, rule, b), b)
        for i in _last(let.targets[0], let.args, live):
            partial = at(partials, i)
            if partial is None or is_const(partial, None):
                self.refuse_call(let, [let.args[i]])
                continue
            cot: Atom = g
            if is_const(partial, -1.0):
                cot = b.let(operator.neg, g)
            elif not is_const(partial, 1.0):
                cot = times(self, let, g, partial, b)
            self._give(let, i, let.args[i], cot, frame, b, True)
        for name in named:
            self.refuse_call(let, [dict(let.kwargs)[name]])

    def _give(
        self,
        let: Let,
        place: int | str,
        atom: Atom,
        cot: Atom | None,
        frame: Frame,
        b: Builder,
        widen: bool,
        listed: bool = False,
    ) -> None:
        if cot is None or is_const(cot, None) or is_const(cot, UNDEFINED):
            self.refuse_call(let, [atom])
            return
        if self.complex and not self.alike(None, atom):
            cot = brought_items(self, atom, cot, b)
        if widen and not same_shape(self.kind(let.targets[0]), self.kind(atom)):
            cot = b.let(runtime.unbroadcast, cot, atom)
        if (widen or listed) and self._is_list(atom):
            cot, widen = b.let(runtime.collect_like, cot, atom), False
        made_by = next((s for s in reversed(b.stmts) if cot in targets(s)), None)
        collected = isinstance(made_by, For) and cot in made_by.targets[_n_carried(made_by) :]
        if isinstance(made_by, Let) and made_by.fn is runtime.collect_like:
            collected = isinstance(self.kind(atom), (Seq, ListOf))
        if isinstance(atom, Var) and atom in self.lists and not collected:
            cot = self.listed(atom, cot, b)
        product = self._never_spreads(let)
        made = cot in _made(b, self.before, not product)
        self.pay(frame, atom, cot, b, made=made, numeric=widen)
        if product and made and frame.current(atom) is cot and isinstance(cot, Var):  # type: ignore[arg-type]
            self.products.add(cot)

    def _never_spreads(self, let: Let) -> bool:
        """Tell whether a product is one of vectors and matrices: nothing is broadcast in it."""
        if let.fn not in (np.matmul, operator.matmul, operator.imatmul):
            return False
        kinds = [self.kind(atom) for atom in let.args]
        return all(isinstance(kind, (Arr, Sparse)) and len(kind.dims) <= 2 for kind in kinds)

    def _is_list(self, atom: Atom) -> bool:
        kind = self.kind(atom)
        return isinstance(kind, (Seq, ListOf)) and issubclass(kind.cls, (list, tuple))

    def seen(self, let: Let, rule: Rule, b: Builder) -> Let:
        """Let a rule see the arrays that NumPy makes of lists, unless it is about lists."""
        lists = [atom for atom in let.args if self._is_list(atom)]
        if lists and as_arrays(let, rule, any(atom in self.live for atom in lists)):
            lists = [a for a in lists if a in self.live] if is_scipy(let.fn) else lists
            args = tuple(b.let(np.asarray, a) if a in lists else a for a in let.args)
            return replace(let, args=args)
        return let

    def inline(
        self, function: Callable[..., Any], lead: list[Atom], let: Let, b: Builder
    ) -> tuple[Atom, ...]:
        given = [*lead, *let.args]
        shape = [atom if isinstance(atom, Const) else None for atom in given]
        names = tuple(name for name, _ in let.kwargs)
        params: list[Atom] = [atom for atom in given if isinstance(atom, Var)]
        params += [atom for _, atom in let.kwargs]
        kinds = [self.kind(atom) for atom in params]
        program = fitted(function, shape, names, kinds)
        if any(isinstance(stmt, Do) and stmt.fn is ops.raise_ for stmt in program.body.stmts):
            return tuple(Const(UNDEFINED) for _ in program.body.results)
        stmts, results = inlined(program, params, let.origin)
        b.add(*stmts)
        return results

    def kind(self, atom: Atom) -> Type:
        """Return what is known of an atom."""
        return Known(atom.value) if isinstance(atom, Const) else self.types.get(atom, UNKNOWN)

    def refuse_call(self, let: Let, atoms: list[Any], given: str | None = None) -> None:
        """Note that a call has no rule, or none for an argument that it is given."""
        name = _name(let)
        on = [a.hint or "its argument" for a in atoms if isinstance(a, Var) and a in self.live]
        subject = f"{on[0]!r}" if on and on[0] != "its argument" else "its argument"
        if _draws(let.fn):
            self.refuse(
                let.origin,
                f"cannot differentiate through the random draw {_drawn(let.fn)!r}",
                f"How a draw moves with {subject} is not to be seen in the call.",
                "Draw standard numbers and move them, as mu + sigma * rng.standard_normal().",
            )
            return
        why = reason(let.fn)
        if why is not None and given is None:
            self.refuse(
                let.origin,
                f"cannot differentiate through {name!r}",
                f"{name} has no derivative: {why}. "
                f"Here {subject} depends on what is differentiated.",
                f"If it is constant, write srcgrad.constant({name}(...)); "
                f"or give it a rule with @srcgrad.pull({name}).",
            )
            return
        lacks = "no derivative rule" if given is None else f"no derivative rule for {given}"
        self.refuse(
            let.origin,
            f"cannot differentiate through {name!r}",
            f"{name} has {lacks} and {subject} depends on what is differentiated.",
            f"If it is constant, write srcgrad.constant({name}(...)); "
            f"or give it a rule with @srcgrad.pull({name}).",
        )


def is_int(kind: Type) -> bool:
    """Tell whether a type is that of one whole number."""
    match kind:
        case Py(cls):
            return cls is int
        case Known(value):
            return type(value) is int
        case Arr(dtype=dtype, scalar=scalar):
            return scalar and dtype.kind in "iu"
    return False


def _draws(fn: Fn) -> bool:
    """Tell whether a call draws random numbers."""
    if isinstance(fn, ops.Method):
        return hasattr(np.random.Generator, fn.name) and not hasattr(np.ndarray, fn.name)
    owner = getattr(fn, "__self__", None)
    return isinstance(owner, (np.random.Generator, np.random.RandomState, random.Random))


def _drawn(fn: Any) -> str:
    return fn.name if isinstance(fn, ops.Method) else str(fn.__name__)


def _name(let: Let) -> str:
    return fn_name(let.fn).replace("numpy.", "np.")


def _last(target: Var, args: tuple[Atom, ...], live: list[int]) -> list[int]:
    """Return positions with that of the target's own earlier version at the end.

    Its cotangent replaces the target's, which the others still have to read.
    """
    return sorted(live, key=lambda i: getattr(args[i], "hint", None) == (target.hint or None))


def _n_carried(loop: For) -> int:
    """Return how many targets of a loop stand before the lists that it collects."""
    return int(loop.exits) + len(loop.carried)


def _made(b: Builder, before: int, last: bool = True) -> tuple[Var, ...]:
    """Return what the (last) statements bind that came after the first ``before`` ones."""
    stmts = b.stmts[before:][-1:] if last else b.stmts[before:]
    return tuple(var for stmt in stmts if isinstance(stmt, Let) for var in stmt.targets)


def _rename(g: Atom, name: Var) -> None:
    if isinstance(g, Var):
        g.hint, g.user = name.hint, name.user


def at(results: tuple[Atom, ...], place: int) -> Atom | None:
    """Return what a rule gives for the argument at a place, if anything."""
    return results[place] if 0 <= place < len(results) else None


def place_in(function: Callable[..., Any], name: str) -> int:
    """Return the place of a keyword among the arguments that a rule knows, or -1."""
    names = list(inspect.signature(function).parameters)[2:]
    return names.index(name) if name in names else -1
