"""Take a view out of the arm that it was made in.

with manager:                 with manager:
    v = u[1:3]        ->          ...
v[0] = y                      v is u[1:3] here as well
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var
from srcgrad.read.places import View

if TYPE_CHECKING:
    from srcgrad.read.settle import Settler

_INDICES = (slice, ops.make_tuple)


def taken_out(s: Settler, target: Var, var: Var, inside: set[Var]) -> bool:
    """Let ``target`` be what ``var`` was inside of an arm; tell whether that can be said here."""
    if var in s.packs:
        return _pack(s, target, var, inside)
    made, place = _view(s, var, inside), s.place(var)
    if made is None or place is None:
        return False
    s.refs[target] = made
    s.state.views[target] = (s.state.values[place], target)
    return True


def _view(s: Settler, var: Var, inside: set[Var]) -> View | None:
    ref = s.refs.get(var)
    if not isinstance(ref, View):
        return None
    parent = s.base(ref.parent)
    if parent in inside:
        above = _view(s, parent, inside)
        if above is None:
            return None
        parent = Var(parent.hint, parent.user)
        s.refs[parent] = above
        s.tracks[parent] = True
    let = ref.let
    rest = [_index(s, atom, inside) for atom in let.args[1:]]
    named = [(name, _index(s, atom, inside)) for name, atom in let.kwargs]
    if None in rest or any(atom is None for _, atom in named):
        return None
    return View(parent, replace(let, args=(parent, *rest), kwargs=tuple(named)))


def _index(s: Settler, atom: Atom, inside: set[Var]) -> Atom | None:
    """Return an index; one that was made inside of an arm is made again."""
    if isinstance(atom, Const) or atom not in inside:
        return atom
    let = s.defined.get(atom)
    if let is None or let.fn not in _INDICES:
        return None
    args = [part for part in (_index(s, a, inside) for a in let.args) if part is not None]
    if len(args) < len(let.args):
        return None
    again = s.b.let(let.fn, *args, hint=atom.hint)
    s.defined[again] = Let((again,), let.fn, tuple(args), (), let.origin)
    if (kind := s.types.get(atom)) is not None:
        s.types[again] = kind
    return again


def _pack(s: Settler, target: Var, var: Var, inside: set[Var]) -> bool:
    let = s.packs[var]
    items = [s.base(a) if isinstance(a, Var) and s.tracked(a) else a for a in let.args]
    if any(isinstance(item, Var) and item in inside for item in items):
        return False
    s.packs[target] = replace(let, targets=(target,), args=tuple(items))
    now = tuple(s.current(a) if isinstance(a, Var) and s.tracked(a) else a for a in items)
    s.state.views[target] = (Const(now), target)
    return True
