"""Let functions that differ in the names of their variables alone be one function.

def block(x, w): ...        def block(x, w): ...
def block_2(a, w): ...  ->
a = block(x, w)             a = block(x, w)
b = block_2(a, w)           b = block(a, w)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from srcgrad.facts.kinds import Dim, Sym, Type
from srcgrad.facts.sizes import map_dims
from srcgrad.program.nodes import Atom, Block, Const, Let, Program, Stmt, Var
from srcgrad.program.walk import atoms, blocks, inner, targets, with_blocks
from srcgrad.tidy.outline import REGION

Types = Mapping[Any, Type] | None


def united(program: Program, types: Types) -> Program:
    """Return the program with one function for all regions that are alike."""
    return replace(program, body=_Uniting(types).block(program.body))


class _Uniting:
    def __init__(self, types: Types) -> None:
        self.types = types
        self.known: list[Program] = []

    def block(self, block: Block) -> Block:
        stmts: list[Stmt] = []
        changed = False
        for stmt in block.stmts:
            new = with_blocks(stmt, [self.block(child) for child in blocks(stmt)])
            if isinstance(new, Let) and isinstance(new.fn, Program) and REGION in new.fn.notes:
                new = replace(new, fn=self.one(new.fn))
            changed = changed or new is not stmt
            stmts.append(new)
        return Block(tuple(stmts), block.results) if changed else block

    def one(self, program: Program) -> Program:
        """Return the function that stands for all that are like this one."""
        program = replace(program, body=self.block(program.body))
        for other in self.known:
            pairs = _Pairs()
            if pairs.programs(other, program) and self.fits(pairs):
                return other
        self.known.append(program)
        return program

    def fits(self, pairs: _Pairs) -> bool:
        """Tell whether variables that stand for each other are of one type."""
        if self.types is None:
            return True
        ours, theirs = _Sizes(), _Sizes()
        return all(
            ours.of(self.types.get(one)) == theirs.of(self.types.get(other))
            for one, other in pairs.of.items()
        )


class _Sizes:
    """Gives sizes the numbers in which they occur, so that two functions compare."""

    def __init__(self) -> None:
        self.names: dict[Any, int] = {}

    def of(self, kind: Type | None) -> Type | None:
        return None if kind is None else map_dims(kind, self.dim)

    def dim(self, dim: Dim) -> Dim:
        if isinstance(dim, int):
            return dim
        return Sym(self.names.setdefault(dim.key, len(self.names)), dim.not_one)


class _Pairs:
    """The variables of one function and those of another that stand in their places."""

    def __init__(self) -> None:
        self.of: dict[Var, Var] = {}

    def programs(self, one: Program, other: Program) -> bool:
        if one.name != other.name or len(one.params) != len(other.params):
            return False
        self.of.update(zip(one.params, other.params, strict=True))
        return self.blocks(one.body, other.body)

    def blocks(self, one: Block, other: Block) -> bool:
        if len(one.stmts) != len(other.stmts) or len(one.results) != len(other.results):
            return False
        same = all(map(self.stmts, one.stmts, other.stmts))
        return same and all(map(self.atoms, one.results, other.results))

    def stmts(self, one: Stmt, other: Stmt) -> bool:
        if type(one) is not type(other) or _text(one) != _text(other):
            return False
        if getattr(one, "fn", None) is not getattr(other, "fn", None):
            return False
        names = [[name for name, _ in getattr(stmt, "kwargs", ())] for stmt in (one, other)]
        reads = [tuple(atoms(stmt)) for stmt in (one, other)]
        if names[0] != names[1] or len(reads[0]) != len(reads[1]):
            return False
        if any(getattr(one, key, None) != getattr(other, key, None) for key in _ALSO):
            return False
        if not all(map(self.atoms, *reads)) or not self.bound(inner(one), inner(other)):
            return False
        inside = zip(blocks(one), blocks(other), strict=True)
        return all(self.blocks(a, b) for a, b in inside) and self.bound(
            targets(one), targets(other)
        )

    def bound(self, ones: tuple[Var, ...], others: tuple[Var, ...]) -> bool:
        if [(v.hint, v.user) for v in ones] != [(v.hint, v.user) for v in others]:
            return False
        self.of.update(zip(ones, others, strict=True))
        return True

    def atoms(self, one: Atom, other: Atom) -> bool:
        if isinstance(one, Var):
            return self.of.get(one) is other
        if not isinstance(other, Const):
            return False
        plain = type(one.value) in (bool, int, float, str, type(None))
        same = type(one.value) is type(other.value) and repr(one.value) == repr(other.value)
        return one.value is other.value or (plain and same)


_ALSO = ("form", "exits", "caught")


def _text(stmt: Stmt) -> str:
    """Return the line of the user that a statement is printed beside."""
    return stmt.origin.stmt.text if stmt.origin is not None else ""
