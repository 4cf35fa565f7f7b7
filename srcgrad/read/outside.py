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
        above = _named(s, parent, inside)
        if above is None:
            return None
        parent = above
    let = ref.let
    rest = _indices(s, let.args[1:], inside)
    named = _indices(s, tuple(atom for _, atom in let.kwargs), inside)
    if rest is None or named is None:
        return None
    kwargs = tuple(zip((name for name, _ in let.kwargs), named))
    return View(parent, replace(let, args=(parent, *rest), kwargs=kwargs))


def _named(s: Settler, var: Var, inside: set[Var]) -> Var | None:
    """Give what a variable was inside of an arm a name of its own."""
    ref = _view(s, var, inside)
    if ref is None:
        return None
    name = Var(var.hint, var.user)
    s.refs[name] = ref
    s.tracks[name] = True
    if (kind := s.types.get(var)) is not None:
        s.types[name] = kind
    return name


def _indices(s: Settler, atoms: tuple[Atom, ...], inside: set[Var]) -> tuple[Atom, ...] | None:
    made = [_index(s, atom, inside) for atom in atoms]
    found = tuple(atom for atom in made if atom is not None)
    return found if len(found) == len(atoms) else None


def _index(s: Settler, atom: Atom, inside: set[Var]) -> Atom | None:
    """Return an index; one that was made inside of an arm is made again."""
    if isinstance(atom, Const) or atom not in inside:
        return atom
    let = s.defined.get(atom)
    if let is None or let.fn not in _INDICES:
        return None
    args = _indices(s, let.args, inside)
    if args is None:
        return None
    again = s.b.let(let.fn, *args, hint=atom.hint)
    s.defined[again] = Let((again,), let.fn, args, (), let.origin)
    if (kind := s.types.get(atom)) is not None:
        s.types[again] = kind
    return again


def _pack(s: Settler, target: Var, var: Var, inside: set[Var]) -> bool:
    let = s.packs[var]
    items: list[Atom] = []
    for atom in let.args:
        if isinstance(atom, Var) and s.tracked(atom):
            atom = s.base(atom)
        if isinstance(atom, Var) and atom in inside:
            found = _named(s, atom, inside)
            if found is None:
                return False
            atom = found
        items.append(atom)
    s.pack(target, replace(let, targets=(target,), args=tuple(items)))
    now = tuple(s.current(a) if isinstance(a, Var) and s.tracked(a) else a for a in items)
    s.state.views[target] = (Const(now), target)
    return True
