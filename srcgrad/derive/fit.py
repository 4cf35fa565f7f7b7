"""Fit a rule to the types of one call, before it is inlined.

matmul's pullback, for two matrices        ->      g @ b.T, a.T @ g
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from srcgrad.facts.kinds import UNKNOWN, Arr, Int, Known, Num, Py, Seq, Sparse, Sym, Type
from srcgrad.facts.sizes import key_of
from srcgrad.facts.types import infer
from srcgrad.program.nodes import Const, Program
from srcgrad.read.lift import lift_call
from srcgrad.tidy.prune import prune
from srcgrad.tidy.specialise import specialise


def fitted(
    function: Callable[..., Any],
    shape: Sequence[Const | None],
    names: tuple[str, ...],
    kinds: Sequence[Type],
) -> Program:
    """Return the program of a rule for one form of call, with what its types decide decided.

    Parameters
    ----------
    function : callable
        The rule.
    shape : sequence
        Its positional arguments: a constant, or None for a variable.
    names : tuple of str
        The names of its keyword arguments.
    kinds : sequence of Type
        What is known of the variables and keyword arguments, in order.
    """
    program = lift_call(function, shape, names)
    general = tuple(_general(kind, i) for i, kind in enumerate(kinds))
    if all(kind is UNKNOWN for kind in general):
        return program
    return _fit(program, general)


@lru_cache(maxsize=4096)
def _fit(program: Program, kinds: tuple[Type, ...]) -> Program:
    program = specialise(program, infer(program, kinds))
    return prune(program, infer(program, kinds))


def _general(kind: Type, place: int) -> Type:
    """Return a type without what belongs to one function only, so that fitted rules are shared."""
    if isinstance(kind, Arr):
        dims = tuple(
            Sym((place, axis), dim.not_one) if isinstance(dim, Sym) else dim
            for axis, dim in enumerate(kind.dims)
        )
        return Arr(kind.dtype, dims, kind.scalar)
    if isinstance(kind, Seq) and all(isinstance(item, Known) for item in kind.items):
        return kind
    if isinstance(kind, Sparse):
        return Sparse(kind.cls, kind.dtype, tuple(Sym((place, axis)) for axis in range(2)))
    if isinstance(kind, Int):
        return Py(int)
    return kind if isinstance(kind, (Py, Num, Known)) else UNKNOWN


def same_shape(a: Type, b: Type) -> bool:
    """Tell whether two values certainly have one shape."""
    one, other = _dims(a), _dims(b)
    if one is None or other is None:
        return False
    return [key_of(dim) for dim in one] == [key_of(dim) for dim in other]


def _dims(kind: Type) -> tuple[Any, ...] | None:
    if isinstance(kind, Arr):
        return kind.dims
    if isinstance(kind, (Py, Num)) or (
        isinstance(kind, Known) and isinstance(kind.value, (int, float))
    ):
        return ()
    return None
