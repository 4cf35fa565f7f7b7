"""What the algebra of `simplify` may ask: definitions, uses, scalars, floats and equal shapes."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import UNKNOWN, Arr, Known, Py, Type
from srcgrad.facts.purity import UFUNCS
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Var
from srcgrad.program.walk import atoms

Types = Mapping[Var, Type]

MUL = frozenset({operator.mul, operator.imul, np.multiply})
DIV = frozenset({operator.truediv, operator.itruediv, np.divide})
ADD = frozenset({operator.add, operator.iadd, np.add})
SUB = frozenset({operator.sub, operator.isub, np.subtract})
NEG = frozenset({operator.neg, np.negative})
POW = frozenset({operator.pow, operator.ipow, np.power})
SCALED = MUL | DIV
SUMMED = ADD | SUB
SPREAD = frozenset({np.broadcast_to})
EXPANDED = frozenset({np.expand_dims})
SIZE = frozenset({np.size, ops.attribute("size")})
SHAPE = frozenset({np.shape, ops.attribute("shape")})
NDIM = frozenset({np.ndim, ops.attribute("ndim")})
ARITHMETIC = MUL | DIV | ADD | SUB | NEG | POW | {operator.pos, operator.mod, operator.floordiv}
ELEMENTWISE = (ARITHMETIC | UFUNCS) - {np.matmul, np.divmod, np.modf, np.frexp}
LIKE = frozenset({np.zeros_like, np.ones_like, np.empty_like, np.copy, ops.method("copy"),
                  ops.method("conj"), runtime.zeros_like, runtime.put_add})  # fmt: skip
_FLOATS = DIV | frozenset({
    np.sin, np.cos, np.tan, np.exp, np.log, np.tanh, np.sinh, np.cosh, np.sqrt, np.arctan,
    np.arcsin, np.arccos, np.log1p, np.expm1, np.exp2, np.log2, np.log10, np.arctan2, np.hypot,
    np.mean, ops.method("mean"), np.cbrt, np.reciprocal, np.float64, float,
})  # fmt: skip
_PASSING = MUL | ADD | SUB | NEG | frozenset({
    np.transpose, np.reshape, np.broadcast_to, np.sum, ops.method("sum"), ops.attribute("T"),
    np.matmul, operator.matmul, runtime.unbroadcast, np.expand_dims, np.squeeze, np.abs,
    np.maximum, np.minimum,
})  # fmt: skip
_NUMERIC = SUB | DIV | NEG | POW | UFUNCS | {
    operator.matmul, runtime.unbroadcast, runtime.matmul_left, runtime.matmul_right,
}  # fmt: skip
_COUNTS = SIZE | NDIM | {len}
_SUMS = MUL | ADD | SUB | NEG
_GROWING = MUL | ADD


class Sight:
    """The definitions seen so far, with types where they are known."""

    def __init__(self, types: Types | None, uses: dict[Var, int], solid: set[Var]) -> None:
        self.types: dict[Var, Type] = dict(types) if types else {}
        self.uses = uses
        self.solid = solid
        self.defs: dict[Var, Let] = {}
        self.derived: set[Var] = set()
        self.floats: set[Var] = set()
        self.numeric: set[Atom] = set()
        self.scalars: set[Var] = set()
        self.counts: set[Var] = set()
        self.roots: dict[Var, Atom] = {}
        self.quotients: dict[tuple[Atom, Atom], Var] = {}
        self.inverses: dict[Atom, Var] = {}
        self.peers: dict[Var, Var] = {}

    def acquire(self, atom: Atom) -> None:
        """Count one more reading; what reads nothing is dead and counts for nothing."""
        todo = [atom]
        while todo:
            at = todo.pop()
            if type(at) is Var:
                self.uses[at] = self.uses.get(at, 0) + 1
                if self.uses[at] == 1 and at in self.derived:
                    todo.extend(atoms(self.defs[at]))

    def release(self, atom: Atom) -> None:
        """Count one reading less."""
        todo = [atom]
        while todo:
            at = todo.pop()
            if type(at) is Var:
                self.uses[at] = self.uses.get(at, 0) - 1
                if self.uses[at] == 0 and at in self.derived:
                    todo.extend(atoms(self.defs[at]))

    def definition(self, atom: Atom) -> Let | None:
        """Return the call that made a value."""
        return self.defs.get(atom)  # type: ignore[arg-type]

    def made_by(self, atom: Atom, fns: frozenset[Any]) -> Let | None:
        """Return the call that made a value if it is one of these."""
        let = self.definition(atom)
        if let is None or let.fn not in fns or (let.fn is np.broadcast_to and let.kwargs):
            return None
        return let

    def ours(self, atom: Atom, fns: frozenset[Any]) -> Let | None:
        """Return the derived call that made a value nobody else reads."""
        let = self.defs.get(atom)  # type: ignore[arg-type]
        if let is None or let.fn not in fns or atom not in self.derived:
            return None
        return let if self.uses.get(atom) == 1 else None  # type: ignore[arg-type]

    def type(self, atom: Atom) -> Type:
        """Return what is known of the type of a value."""
        if isinstance(atom, Const):
            return Known(atom.value)
        return self.types.get(atom, UNKNOWN)

    def add(self, let: Let, derived: bool) -> None:
        """Note one more definition."""
        (var,) = let.targets
        self.defs[var] = let
        if derived:
            self.derived.add(var)
            if let.fn in DIV:
                self.quotients.setdefault((let.args[0], let.args[1]), var)
                if number(let.args[0]) == 1:
                    self.inverses[let.args[1]] = var
        if type(self.types.get(var)) is not Arr:  # else the type tells
            self._note(let, var, derived)
        if let.fn in NEG or (let.fn in POW and number(let.args[1]) is not None):
            self.numeric.add(let.args[0])

    def _note(self, let: Let, var: Var, derived: bool) -> None:
        """Note what the call alone tells of the value."""
        if self._makes_scalar(let):
            self.scalars.add(var)
        if self._makes_count(let):
            self.counts.add(var)
        if self._makes_float(let):
            self.floats.add(var)
        if self._makes_number(let, derived):
            self.numeric.add(var)

    def add_items(self, pairs: list[tuple[Var, Atom]]) -> None:
        """Note which items of a backward loop have one shape, since they had it in one turn."""
        first: dict[Atom, Var] = {was: item for item, was in pairs if was is self.root(was)}
        for item, was in pairs:
            peer = first.setdefault(self.root(was), item)
            if was in self.numeric:
                self.numeric.add(item)
            if peer is not item:
                self.peers[item], self.roots[item] = peer, peer

    def _makes_float(self, let: Let) -> bool:
        if let.fn in _FLOATS:
            return True
        if let.fn in POW:
            return is_number(let.args[1], float) or self.is_float(let.args[0])
        if let.fn in _SUMS:
            return any(map(self.is_float, let.args))
        return let.fn in _PASSING and bool(let.args) and self.is_float(let.args[0])

    def _makes_number(self, let: Let, derived: bool) -> bool:
        """Products of cotangents are never lists, those of the user may be."""
        if let.fn in _NUMERIC or (derived and let.fn in MUL):
            return True
        return let.fn in _GROWING and not self.numeric.isdisjoint(let.args)

    def is_numeric(self, atom: Atom) -> bool:
        """Tell whether a value surely is a number or an array."""
        if isinstance(atom, Const):
            return isinstance(atom.value, (int, float, complex, np.number))
        return atom in self.numeric or isinstance(self.types.get(atom), (Arr, Py))

    def is_float(self, atom: Atom) -> bool:
        """Tell whether a value surely is of a float (or complex) dtype."""
        if isinstance(atom, Const):
            return isinstance(atom.value, (float, complex, np.inexact))
        kind = self.types.get(atom)
        if isinstance(kind, Arr):
            return kind.dtype.kind in "fc"
        if isinstance(kind, Py):
            return kind.cls in (float, complex)
        return atom in self.floats

    def is_bool(self, atom: Atom) -> bool:
        """Tell whether a value may be a truth value."""
        kind = self.type(atom)
        if isinstance(kind, Arr):
            return kind.dtype.kind == "b"
        return isinstance(kind, Py) and kind.cls is bool

    def is_scalar(self, atom: Atom) -> bool:
        """Tell whether a value surely has no axes."""
        if type(atom) is Const:
            return isinstance(atom.value, (bool, int, float, complex, np.number))
        kind = self.types.get(atom)  # type: ignore[arg-type]
        if type(kind) is Arr:
            return not kind.dims
        return type(kind) is Py or atom in self.scalars

    def _makes_scalar(self, let: Let) -> bool:
        if let.fn in ARITHMETIC:
            return all(map(self.is_scalar, let.args))
        whole = let.fn in (np.sum, np.mean, np.prod) and len(let.args) == 1 and not let.kwargs
        return let.fn in _COUNTS or whole

    def is_read(self, atom: Atom, times: int = 1) -> bool:
        """Tell whether a value is read at least so many times."""
        return isinstance(atom, Var) and self.uses.get(atom, 0) >= times

    def is_inverted(self, atom: Atom) -> bool:
        """Tell whether 1 over a value was made and is still to be read."""
        inverse = self.inverses.get(atom)
        return inverse is not None and self.uses.get(inverse, 0) > 0

    def is_count(self, atom: Atom) -> bool:
        """Tell whether a value is a size: a whole number that is no danger to multiply by."""
        if isinstance(atom, Const):
            return type(atom.value) is int and abs(atom.value) < 2**31
        return atom in self.counts

    def _makes_count(self, let: Let) -> bool:
        if let.fn is operator.getitem:
            return self.made_by(let.args[0], SHAPE) is not None
        return let.fn in _COUNTS or (let.fn in MUL and all(map(self.is_count, let.args)))

    def root(self, atom: Atom) -> Atom:
        """Return the value at the bottom of a chain of calls that keep the shape."""
        chain: list[Var] = []
        while isinstance(atom, Var):
            below = self.roots.get(atom) or self.below(atom)
            if below is None or below is atom:
                break
            chain.append(atom)
            atom = below
        for var in chain:
            self.roots[var] = atom
        return atom

    def below(self, atom: Atom) -> Atom | None:
        """Return an argument that surely has the shape of the result, one step down."""
        let = self.definition(atom)
        if let is None:
            return self.peers.get(atom)  # type: ignore[arg-type]
        if let.fn in ELEMENTWISE:
            if let.kwargs:
                return None
            wide = [arg for arg in let.args if not self.is_scalar(arg)]
            if len(wide) == 1 and not self._may_repeat(let, wide[0]):
                return wide[0]
            kind = self.type(atom)
            return next((arg for arg in wide if _equal_dims(self.type(arg), kind)), None)
        if let.fn in LIKE and not let.kwargs:
            return let.args[0]
        if let.fn in (runtime.unbroadcast, runtime.matmul_left):
            return let.args[1]
        if let.fn is runtime.matmul_right:
            return let.args[2]
        if let.fn is np.broadcast_to and not let.kwargs:
            shape = self.made_by(let.args[1], SHAPE)
            return shape.args[0] if shape else None
        return None

    def _may_repeat(self, let: Let, wide: Atom) -> bool:
        """A list times a whole number is a longer list."""
        if let.fn not in (operator.mul, operator.imul) or isinstance(self.type(wide), Arr):
            return False
        return wide not in self.numeric and not any(map(self.is_float, let.args))

    def same_index(self, a: Atom, b: Atom) -> bool:
        """Tell whether two indices are certainly the same."""
        if a is b:
            return True
        if isinstance(a, Const) and isinstance(b, Const):
            return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)
        one, two = self.definition(a), self.definition(b)
        if one is None or two is None or one.fn is not two.fn:
            return False
        if one.fn not in (slice, ops.make_tuple) or len(one.args) != len(two.args):
            return False
        return all(map(self.same_index, one.args, two.args))

    def same_shape(self, a: Atom, b: Atom) -> bool:
        """Tell whether two values surely have one shape."""
        if self.is_scalar(a) and self.is_scalar(b):
            return True
        return _equal_dims(self.type(a), self.type(b)) or self.root(a) is self.root(b)

    def standing_for(self, atom: Atom) -> Atom:
        """Return a value of the same shape that is read anyway, to ask for its shape."""
        while isinstance(atom, Var) and atom not in self.solid:
            below = self.below(atom)
            if below is None:
                break
            atom = below
        return atom

    def has_shape(self, shape: Atom, value: Atom) -> bool:
        """Tell whether an atom is surely the shape of a value."""
        let = self.made_by(shape, SHAPE)
        if let is not None:
            return self.same_shape(let.args[0], value)
        return isinstance(shape, Const) and shape.value == () and self.is_scalar(value)


def _equal_dims(a: Type, b: Type) -> bool:
    return isinstance(a, Arr) and isinstance(b, Arr) and a.dims == b.dims


def is_number(atom: Atom, *classes: type) -> bool:
    """Tell whether an atom is a constant Python number (of one of these classes)."""
    return isinstance(atom, Const) and type(atom.value) in (classes or (int, float))


def number(atom: Atom) -> Any:
    """Return the value of a constant Python number that has no name, or None."""
    if type(atom) is not Const or atom.spelled is not None:
        return None
    return atom.value if type(atom.value) in (int, float) else None
