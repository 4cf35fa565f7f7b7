"""Leave out copies of gradients that are new arrays already: the last of the passes.

Before::

    d_w = numpy.matmul(xT, d_err)
    fresh = srcgrad.runtime.fresh(d_w, w)
    -> fresh

After::

    d_w = numpy.matmul(xT, d_err)
    -> d_w

It has to come last: a pass that finds two values to be the same would make one array of two
results that nobody may see to be one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, Py, Type
from srcgrad.facts.purity import returns
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Const, Let, Program, Var
from srcgrad.program.walk import atoms, blocks, statements
from srcgrad.tidy.specialise import Specialiser

Types = Mapping[Var, Type]


def freshen(program: Program, types: Types) -> Program:
    """Return the program with `runtime.fresh` only where types do not tell what it does."""
    memory = _Memory(program, types)
    return replace(program, body=_Freshener(types, memory).body(program.body))


class _Memory:
    """Who holds the memory of a variable: where it is made, and whether it gets away."""

    def __init__(self, program: Program, types: Types) -> None:
        self.types = types
        self.home: dict[Var, Let] = {}
        self.readers: dict[Var, list[Let | None]] = {}
        for stmt in statements(program.body):
            let = stmt if isinstance(stmt, Let) else None
            if let is not None:
                self.home.update((var, let) for var in let.targets)
            for atom in atoms(stmt):
                self.note(atom, let)
            for child in blocks(stmt):
                for atom in child.results:
                    self.note(atom, None)
        for atom in program.body.results:
            self.note(atom, None)
        self.given: set[Var] = set()

    def note(self, atom: Atom, let: Let | None) -> None:
        if isinstance(atom, Var):
            self.readers.setdefault(atom, []).append(let)

    def is_new(self, var: Var) -> bool:
        """Tell whether a variable is bound to an array that was made for it."""
        let = self.home.get(var)
        kind = self.types.get(var)
        if let is None or not isinstance(kind, Arr) or kind.scalar:
            return False
        if let.fn in (runtime.fresh, runtime.unbroadcast) or returns(let.fn) != "fresh":
            return False
        return len(let.targets) == 1 and self.is_given_new(let, kind)

    def is_given_new(self, let: Let, kind: Arr) -> bool:
        """In-place operators, and what gives a scalar for 0-d arrays, are not trusted."""
        return let.fn not in ops.PLAIN and bool(kind.dims or returns(let.fn) == "fresh")

    def escapes(self, var: Var) -> bool:
        """Tell whether anything but a copy of a variable may live on elsewhere."""
        return any(self.keeps(let) for let in self.readers.get(var, ()))

    def keeps(self, let: Let | None) -> bool:
        if let is None:
            return True
        if let.fn is runtime.fresh:
            return False
        kinds = [self.types.get(var) for var in let.targets]
        if all(isinstance(k, Py) or (isinstance(k, Arr) and k.scalar) for k in kinds):
            return False
        how = returns(let.fn)
        if how == "immutable" and let.fn is not ops.make_tuple:
            return False
        if how == "fresh" and all(isinstance(kind, Arr) for kind in kinds):
            return False
        arrays = all(isinstance(kind, Arr) for kind in kinds)
        return not arrays or any(self.escapes(var) for var in let.targets)


class _Freshener(Specialiser):
    def __init__(self, types: Types, memory: _Memory) -> None:
        super().__init__(types)
        self.memory = memory

    def decided(self, let: Let) -> Atom | None:
        if let.fn is not runtime.fresh or let.kwargs:
            return None
        target = let.targets[0]
        self.origin, self.hint = let.origin, target.hint
        out = self.fresh(*let.args)
        return None if out is None else self.stands(target, out)

    def taken_apart(self, let: Let) -> bool | None:
        return None

    def fresh(self, g: Atom, like: Atom) -> Atom | None:
        have, want = self.type(g), self.type(like)
        if not isinstance(want, Arr) or want.scalar or want.dtype.kind not in "biufc":
            return None
        dtype = want.dtype if want.dtype.kind in "fc" else np.dtype(np.float64)
        dims = self.dims(g)
        if dims is None:
            return None
        if not dims and want.dims:
            return self.filled(g, like, want.dtype == dtype)
        if not want.dims and not dims:
            return self.zero_d(g, have, dtype)
        if not isinstance(have, Arr) or len(dims) != len(want.dims):
            return None
        if not all(map(self.sizes.same, dims, want.dims)):
            return None
        return self.owned(g, have, like, dtype)

    def owned(self, g: Atom, have: Arr, like: Atom, dtype: Any) -> Atom | None:
        if have.dtype != dtype:
            return self.let(ops.method("astype"), g, self.dtype(like, dtype))
        if self.is_owned(g):
            return g
        spread = self.memory.home.get(g) if isinstance(g, Var) else None
        if spread is not None and spread.fn is np.broadcast_to and self.dims(spread.args[0]) == ():
            return self.filled(spread.args[0], like, True)
        return self.let(ops.method("copy"), g)

    def is_owned(self, g: Atom) -> bool:
        memory = self.memory
        if not isinstance(g, Var) or g in memory.given:
            return False
        if not memory.is_new(g) or memory.escapes(g):
            return False
        memory.given.add(g)
        return True

    def dtype(self, like: Atom, dtype: Any) -> Atom:
        kind = self.type(like)
        if not isinstance(kind, Arr) or kind.dtype != dtype:
            return Const(float)
        hint, self.hint = self.hint, ""
        out = self.let(ops.attribute("dtype"), like)
        self.hint = hint
        return out

    def filled(self, g: Atom, like: Atom, floats: bool) -> Atom:
        given: dict[str, Any] = {} if floats else {"dtype": float}
        if isinstance(g, Const) and g.value in (0.0, 1.0):
            return self.let(np.ones_like if g.value else np.zeros_like, like, **given)
        return self.let(np.full_like, like, g, **given)

    def zero_d(self, g: Atom, have: Type, dtype: Any) -> Atom | None:
        if isinstance(have, Arr) and not have.scalar and have.dtype == dtype and self.is_owned(g):
            return g
        if dtype == np.float64 and (
            (isinstance(have, Arr) and have.dtype == dtype)
            or (isinstance(have, Py) and have.cls is float)
            or (isinstance(g, Const) and type(g.value) is float)
        ):
            return self.let(np.array, g)
        return self.let(np.array, g, dtype=dtype.type)
