"""What gradients of programs are compared with: differences along few directions.

Central differences with two steps (Richardson), along random directions in all arguments at once
and along single coordinates; complex steps where the code works on complex numbers.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests import oracle
from tests.programs.case import Case

Args = tuple[Any, ...]
Direction = tuple[Any, ...]


def copied(args: Args) -> Args:
    """New arguments, since some programs write into theirs."""
    return copy.deepcopy(args)


def directions(case: Case, args: Args, count: int, single: int) -> Iterator[Direction]:
    """Random directions in all that is differentiated, then single coordinates of each."""
    rng = np.random.default_rng(5)
    for _ in range(count):
        yield tuple(_filled(args[p], lambda x: rng.normal(size=np.shape(x))) for p in case.wrt)
    for which, p in enumerate(case.wrt):
        leaves = [leaf for _, leaf in oracle.leaves(args[p])]
        size = sum(np.size(leaf) for leaf in leaves)
        for index in rng.permutation(size)[:single]:
            yield tuple(
                _coordinate(args[q], int(index) if at == which else -1)
                for at, q in enumerate(case.wrt)
            )


def _filled(x: Any, number: Any) -> Any:
    return oracle.mapped(lambda leaf: np.asarray(number(leaf)), x)


def _coordinate(x: Any, index: int) -> Any:
    """Zeros like a structure with a single one at a flat index."""
    start = 0

    def one(leaf: Any) -> Any:
        nonlocal start
        out = np.zeros(np.shape(leaf))
        if start <= index < start + out.size:
            out.flat[index - start] = 1.0
        start += out.size
        return out

    return oracle.mapped(one, x)


def moved(case: Case, args: Args, direction: Direction, step: Any) -> Args:
    """Fresh arguments, those that are differentiated moved along a direction."""
    new = list(copied(args))
    for p, d in zip(case.wrt, direction, strict=True):
        steps = iter([leaf for _, leaf in oracle.leaves(d)])
        new[p] = oracle.mapped(lambda leaf, s=steps: leaf + step * _plain(next(s)), new[p])
    return tuple(new)


def _plain(x: Any) -> Any:
    return float(x) if np.ndim(x) == 0 else x


def value(case: Case, args: Args) -> float:
    with np.errstate(all="ignore"):
        return float(case.loss(*args))


def slope(case: Case, args: Args, direction: Direction) -> tuple[float, float]:
    """The derivative along a direction by differences, and how far two steps disagree."""
    h = case.step

    def central(step: float) -> float:
        high = value(case, moved(case, args, direction, step))
        return (high - value(case, moved(case, args, direction, -step))) / (2.0 * step)

    coarse, fine = central(h), central(h / 2)
    return (4.0 * fine - coarse) / 3.0, abs(fine - coarse)


def complex_slope(case: Case, args: Args, direction: Direction) -> float:
    """The derivative along a direction by a complex step, exact to rounding."""
    h = 1e-30
    new = moved(case, args, direction, 1j * h)
    wide = [a + 0j if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in new]
    return float(np.imag(case.loss(*wide)) / h)


def along(gradient: tuple[Any, ...], direction: Direction) -> float:
    """The derivative along a direction that a gradient promises."""
    total = 0.0
    for g, d in zip(gradient, direction, strict=True):
        pairs = zip(oracle.leaves(g), oracle.leaves(d), strict=True)
        total += sum(float(np.sum(np.asarray(a, float) * b)) for (_, a), (_, b) in pairs)
    return total


def size_of(gradient: tuple[Any, ...]) -> float:
    """The length of a gradient, which differences are compared in terms of."""
    leaves = [leaf for g in gradient for _, leaf in oracle.leaves(g)]
    return float(np.sqrt(sum(np.sum(np.asarray(leaf, float) ** 2) for leaf in leaves)))


def snapshot(args: Any) -> list[tuple[Any, ...]]:
    """The bits of everything in the arguments."""
    found: list[tuple[Any, ...]] = []
    for path, leaf in oracle.leaves(args):
        if isinstance(leaf, np.ndarray):
            found.append((path, leaf.dtype, leaf.shape, leaf.tobytes()))
        else:
            found.append((path, type(leaf), repr(leaf)))
    return found
