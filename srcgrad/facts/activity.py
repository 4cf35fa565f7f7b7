"""Which variables are active: they depend on the inputs asked for, and the result on them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import Arr, DictOf, Known, Num, Other, Py, Type
from srcgrad.facts.purity import CHANGES, POPS
from srcgrad.program import ops
from srcgrad.program.nodes import (
    Atom,
    Block,
    Const,
    Do,
    Fn,
    For,
    If,
    Let,
    Program,
    Stmt,
    Try,
    Var,
    While,
    With,
)
from srcgrad.program.walk import among, arms, free

INERT: frozenset[Any] = frozenset(
    {
        operator.not_,
        operator.is_,
        operator.is_not,
        operator.lt,
        operator.le,
        operator.gt,
        operator.ge,
        operator.eq,
        operator.ne,
        ops.contained,
        ops.not_contained,
        ops.read_global,
        ops.read_cell,
        len,
        range,
        slice,
        isinstance,
        runtime.sweep,
        runtime.segments,
        runtime.backwards,
        runtime.backwards_from,
        runtime.snapshots_in,
        runtime.is_sequence,
        runtime.is_mapping,
        callable,
        type,
        id,
        *(ops.attribute(name) for name in ("shape", "ndim", "size", "dtype", "nbytes", "itemsize")),
        ops.method("keys"),
    }
)
"""Calls whose result never carries a derivative, whatever their arguments."""

CHOOSERS: frozenset[Any] = frozenset({np.where, np.select, runtime.times})
"""Calls that take each element from one of several branches, or leave it out."""

Edges = dict[Var, list[Var]]


def active(
    program: Program,
    starts: Iterable[Var],
    inert: Callable[[Fn], bool],
    types: Mapping[Var, Type] | None = None,
    results: Iterable[Atom] | None = None,
    turning: bool = False,
) -> set[Var]:
    """Return the variables through which the results depend on some others.

    Reachability, forwards from ``starts`` and backwards from the
    results (all of them unless some are given), over the dependencies that can carry a
    derivative.  ``inert`` tells the calls that never carry one; where there are complex numbers
    (``turning``) their signs do.
    """
    known = types or {}
    flow = _Flow(known, inert, turning)
    flow.block(program.body)
    varied = _reach(starts, flow.forward)
    ends = [atom for atom in (results or program.body.results) if isinstance(atom, Var)]
    useful = _reach(ends, flow.backward)
    return {var for var in varied if var in useful}


def guarded(
    program: Program,
    inert: Callable[[Fn], bool],
    types: Mapping[Var, Type] | None = None,
) -> set[Var]:
    """Return the variables that flow into a branch of ``np.where`` or ``np.select``.

    Their cotangents are zero where the branch is not taken, and there nothing that the branch
    did may matter.
    """
    flow = _Flow(types or {}, inert)
    flow.block(program.body)
    return set(_reach(flow.chosen, flow.backward))


def carries(kind: Type | None) -> bool:
    """Tell whether a value of this type can carry a derivative."""
    match kind:
        case Py(cls):
            return cls in (float, complex)
        case Num(options):
            return any(carries(option) for option in options)
        case Arr(dtype=dtype):
            return dtype.kind in "fcO"
        case Known(value):
            return isinstance(value, (float, complex))
        case DictOf(_, _, item):
            return carries(item)
        case Other(cls):
            # A string may carry the digits of a number to a later float().
            return not issubclass(cls, (range, slice, np.dtype))
    return True


def _sources(let: Let) -> Iterator[Atom]:
    """Yield the arguments that the result depends on smoothly: of an index it does not."""
    if let.fn is operator.getitem and not _gathers(let.args[0]):
        yield let.args[0]
        return
    if among(let.fn, CHANGES):  # of where it is changed, a list does not depend smoothly
        yield let.args[0]
        if let.fn not in POPS:
            yield let.args[-1]
        return
    smooth = getattr(let.fn, "__srcgrad_moves_with__", None)
    if smooth is not None:  # of the others it does not depend, or only together with these
        yield let.args[smooth]
        return
    yield from let.args
    for name, value in let.kwargs:
        if name != "key" or let.fn not in (sorted, max, min):  # the order alone depends on it
            yield value


def _gathers(whole: Atom) -> bool:
    """Tell whether an index is itself what is read: ``np.r_[x, y]``."""
    plain = (np.ndarray, list, tuple, dict, str, range)
    return isinstance(whole, Const) and not isinstance(whole.value, plain)


def _reach(starts: Iterable[Var], edges: Edges) -> dict[Var, None]:
    seen = dict.fromkeys(starts)
    work = list(seen)
    while work:
        for var in edges.get(work.pop(), ()):
            if var not in seen:
                seen[var] = None
                work.append(var)
    return seen


class _Flow:
    """The dependencies of a program that can carry a derivative, both ways."""

    def __init__(
        self, types: Mapping[Var, Type], inert: Callable[[Fn], bool], turning: bool = False
    ) -> None:
        self.types = types
        self.turning = turning
        self.inert = inert
        self.forward: Edges = {}
        self.backward: Edges = {}
        self.chosen: list[Var] = []

    def edge(self, source: Atom, target: Var) -> None:
        if not isinstance(source, Var):
            return
        if carries(self.types.get(source)) and carries(self.types.get(target)):
            self.forward.setdefault(source, []).append(target)
            self.backward.setdefault(target, []).append(source)

    def block(self, block: Block) -> None:
        for stmt in block.stmts:
            self.statement(stmt)

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Do():
                return
            case Let():
                if among(stmt.fn, CHOOSERS):
                    self.chosen += [atom for atom in stmt.args[1:] if isinstance(atom, Var)]
                if not self.inert(stmt.fn) or self.turns(stmt):
                    for atom in _sources(stmt):
                        for target in stmt.targets:
                            self.edge(atom, target)
            case If() | Try() | With():
                if isinstance(stmt, Try):  # an exception may carry what was at hand
                    for atom in free(stmt.body):
                        self.edge(atom, stmt.error)
                for arm in arms(stmt):
                    self.block(arm)
                    for atom, target in zip(arm.results, stmt.targets, strict=True):
                        self.edge(atom, target)
            case For() | While():
                self.loop(stmt)

    def turns(self, let: Let) -> bool:
        """Tell whether it may be the sign of a complex number, which turns with it."""
        if not self.turning or let.fn is not np.sign:
            return False
        kinds = [self.types.get(atom) for atom in let.args if isinstance(atom, Var)]
        return any(not isinstance(kind, Arr) or kind.dtype.kind == "c" for kind in kinds)

    def loop(self, loop: For | While) -> None:
        if isinstance(loop, For):
            self.edge(loop.over, loop.each)
        else:
            self.block(loop.test)
        self.block(loop.body)
        skip = int(loop.exits)
        results, outs = loop.body.results[skip:], loop.targets[skip:]
        for atom, var, out in zip(loop.init, loop.carried, outs, strict=False):
            self.edge(atom, var)
            self.edge(atom, out)
        for atom, var in zip(results, loop.carried, strict=False):
            self.edge(atom, var)
        for atom, out in zip(results, outs, strict=True):
            self.edge(atom, out)
