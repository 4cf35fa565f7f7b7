"""Random programs for property tests: arithmetic, branches, loops, containers, both sides."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Block, Const, For, If, Let, Program, Var, While

ARRAY, SCALAR = "array", "scalar"
"""The kinds of values: arrays of shape (3,), and numbers; all of them floats."""

_UNARY = (np.sin, np.cos, np.tanh, operator.neg, np.negative, np.sin)
_BINARY = (operator.add, operator.sub, operator.mul, np.add, np.multiply, operator.mul)
_NUMBERS = (1.0, 2.0, -1.0, 0.5, -2.0, 0.0, 1, 2, -1)


@dataclass
class _Scope:
    random: Random
    builder: Builder
    values: dict[str, list[Any]] = field(default_factory=dict)

    def inner(self) -> _Scope:
        return _Scope(self.random, Builder(), {kind: list(v) for kind, v in self.values.items()})

    def pick(self, kind: str) -> Any:
        if kind == SCALAR and self.random.random() < 0.3:
            return self.random.choice(_NUMBERS)
        return self.random.choice(self.values[kind])

    def put(self, kind: str, var: Var) -> None:
        self.values[kind].append(var)

    def kind(self) -> str:
        return self.random.choice((ARRAY, ARRAY, SCALAR))

    def block(self, *results: Any) -> Block:
        return self.builder.block(*results)


@st.composite
def programs(draw: st.DrawFn, size: int = 14, mark: bool = True) -> Program:
    """Draw a program of two arrays and a number that gives two arrays and a number."""
    random = draw(st.randoms(use_true_random=False))
    x, y, s = Var("x", True), Var("y", True), Var("s", True)
    scope = _Scope(random, Builder(), {ARRAY: [x, y], SCALAR: [s]})
    marked = random.randrange(size) if mark else size
    for step in range(random.randrange(1, size + 1)):
        if step == marked and random.random() < 0.5:
            _both_sides(scope)
        elif step == marked:
            scope.builder.do(ops.mark, "backward")
        _statement(scope, 2)
    results = (scope.pick(ARRAY), scope.pick(ARRAY), scope.pick(SCALAR))
    return Program("f", (x, y, s), scope.block(*results))


def arguments() -> tuple[Any, ...]:
    """Return arguments for these programs."""
    return np.array([0.3, -1.2, 2.0]), np.array([1.5, 0.25, -0.75]), 0.7


def _statement(scope: _Scope, depth: int) -> None:
    makers = [_unary, _binary, _binary, _binary, _twice, _power, _pack, _spread, _total]
    if depth:
        makers += [_if, _for, _while, _there_and_back]
    scope.random.choice(makers)(scope, depth)


def _unary(scope: _Scope, depth: int) -> None:
    kind = scope.kind()
    scope.put(kind, scope.builder.let(scope.random.choice(_UNARY), scope.pick(kind)))


def _binary(scope: _Scope, depth: int) -> None:
    kind = scope.kind()
    other = scope.random.choice((kind, SCALAR))
    pair = [scope.pick(kind), scope.pick(other)]
    scope.random.shuffle(pair)
    fn = scope.random.choice(_BINARY)
    scope.put(kind, scope.builder.let(np.tanh, scope.builder.let(fn, *pair)))
    if scope.random.random() < 0.7:
        scope.put(kind, scope.builder.let(fn, *pair))


def _twice(scope: _Scope, depth: int) -> None:
    """Say the last call again."""
    lets = [s for s in scope.builder.stmts if isinstance(s, Let) and len(s.targets) == 1]
    known = [
        (kind, let)
        for kind in (ARRAY, SCALAR)
        for let in lets
        if let.targets[0] in scope.values[kind]
    ]
    if known:
        kind, let = scope.random.choice(known)
        scope.put(kind, scope.builder.let(let.fn, *let.args))


def _power(scope: _Scope, depth: int) -> None:
    base = scope.builder.let(np.tanh, scope.pick(ARRAY))
    scope.put(ARRAY, scope.builder.let(operator.pow, base, scope.random.choice((1, 2, 2.0, 3))))


def _pack(scope: _Scope, depth: int) -> None:
    a, b = scope.pick(ARRAY), scope.pick(SCALAR)
    packed = scope.builder.let(scope.random.choice((ops.make_tuple, ops.make_list)), a, b)
    if scope.random.random() < 0.5:
        first, second = scope.builder.lets(("a", "b"), ops.unpack, packed, 2)
    else:
        first = scope.builder.let(operator.getitem, packed, 0)
        second = scope.builder.let(operator.getitem, packed, -1)
    scope.put(ARRAY, first)
    scope.put(SCALAR, second)


def _spread(scope: _Scope, depth: int) -> None:
    builder, like = scope.builder, scope.pick(ARRAY)
    size = builder.let(np.size, like)
    number = builder.let(operator.truediv, scope.pick(SCALAR), size)
    wide = builder.let(np.broadcast_to, number, builder.let(np.shape, like))
    scope.put(ARRAY, builder.let(operator.mul, wide, builder.let(operator.mul, 2, like)))


def _total(scope: _Scope, depth: int) -> None:
    scope.put(SCALAR, scope.builder.let(np.tanh, scope.builder.let(np.sum, scope.pick(ARRAY))))


def _both_sides(scope: _Scope) -> None:
    """A forward branch, the mark, and a backward branch on the same condition."""
    test = scope.builder.let(operator.lt, scope.pick(SCALAR), 0.4)
    _branch(scope, test, 1)
    scope.builder.do(ops.mark, "backward")
    _branch(scope, test, 1)


def _if(scope: _Scope, depth: int) -> None:
    _branch(scope, scope.builder.let(operator.lt, scope.pick(SCALAR), 0.4), depth)


def _branch(scope: _Scope, test: Var, depth: int) -> None:
    kinds = [scope.kind() for _ in range(scope.random.randrange(3))]
    arms = []
    for _ in range(2):
        arm = scope.inner()
        for _ in range(scope.random.randrange(3)):
            _statement(arm, depth - 1)
        arms.append(arm.block(*(arm.pick(kind) for kind in kinds)))
    made = tuple(Var("") for _ in kinds)
    scope.builder.add(If(made, test, *arms))
    for kind, var in zip(kinds, made, strict=True):
        scope.put(kind, var)


def _loop_parts(scope: _Scope, depth: int, each: Var | None) -> Any:
    kinds = [scope.kind() for _ in range(scope.random.randrange(3))]
    carried = tuple(Var("c") for _ in kinds)
    init = tuple(_atom(scope.pick(kind)) for kind in kinds)
    body = scope.inner()
    for kind, var in zip(kinds, carried, strict=True):
        body.put(kind, var)
    if each is not None:
        body.put(SCALAR, body.builder.let(operator.mul, 0.5, each))
    for _ in range(scope.random.randrange(1, 4)):
        _statement(body, depth - 1)
    return kinds, carried, init, body


def _atom(value: Any) -> Any:
    return value if isinstance(value, Var) else Const(value)


def _for(scope: _Scope, depth: int) -> None:
    over, each = scope.builder.let(range, scope.random.randrange(4)), Var("i")
    kinds, carried, init, body = _loop_parts(scope, depth, each)
    results = [body.pick(kind) for kind in kinds]
    collects = scope.random.randrange(3)
    exits = scope.random.random() < 0.2
    results += [body.pick(SCALAR) for _ in range(collects)]
    if exits:
        results.insert(0, body.builder.let(operator.lt, body.pick(SCALAR), 0.0))
    made = tuple(Var("") for _ in results)
    scope.builder.add(For(made, each, over, carried, init, body.block(*results), exits=exits))
    _finish(scope, kinds, made[int(exits) :])


def _while(scope: _Scope, depth: int) -> None:
    count = Var("n")
    kinds, carried, init, body = _loop_parts(scope, depth, None)
    test = Builder()
    more = test.let(operator.lt, count, scope.random.randrange(4))
    results = [body.builder.let(operator.add, count, 1), *(body.pick(kind) for kind in kinds)]
    results += [body.pick(SCALAR) for _ in range(scope.random.randrange(2))]
    made = tuple(Var("") for _ in results)
    head, start = (count, *carried), (Const(0), *init)
    scope.builder.add(While(made, head, start, test.block(more), body.block(*results)))
    _finish(scope, kinds, made[1:])


def _there_and_back(scope: _Scope, depth: int) -> None:
    """A loop that collects, and one that walks along what it did, from the end."""
    builder, count = scope.builder, scope.random.randrange(1, 4)
    over, each = builder.let(range, count), Var("i")
    kinds, carried, init, body = _loop_parts(scope, depth, each)
    own = [body.pick(SCALAR), body.pick(SCALAR), scope.pick(SCALAR)]
    items: list[Any] = own[: scope.random.randrange(1, 4)]
    packed = scope.random.random() < 0.5
    if packed:
        items = [body.builder.let(ops.make_tuple, *items), body.pick(SCALAR)]
        items = items[: scope.random.randrange(1, 3)]
    results = [*(body.pick(kind) for kind in kinds), *items]
    made = tuple(Var("") for _ in results)
    builder.add(For(made, each, over, carried, init, body.block(*results)))
    back, total = scope.inner(), Var("total")
    back.put(SCALAR, total)
    item = Var("")
    sources = [builder.let(reversed, saved) for saved in made[len(kinds) :]]
    names = (item,)
    along = sources[0]
    if len(sources) > 1:
        along = builder.let(zip, *sources)
        names = back.builder.lets(("a", "b", "c")[: len(sources)], ops.unpack, item, len(sources))
    if packed:
        width = next(
            len(s.args)
            for s in body.builder.stmts
            if isinstance(s, Let) and s.targets[0] is items[0]
        )
        parts = back.builder.lets(("p", "q", "r")[:width], ops.unpack, names[0], width)
        names = (*names[1:], *parts)
    for name in names:
        if scope.random.random() < 0.6:
            back.put(SCALAR, name)
    for _ in range(scope.random.randrange(3)):
        _statement(back, 0)
    result = back.builder.let(np.tanh, back.pick(SCALAR))
    out = Var("")
    builder.add(For((out,), item, along, (total,), (Const(0.5),), back.block(result)))
    scope.put(SCALAR, out)


def _finish(scope: _Scope, kinds: list[str], made: tuple[Var, ...]) -> None:
    for kind, var in zip(kinds, made, strict=False):
        scope.put(kind, var)
    for collected in made[len(kinds) :]:
        scope.put(SCALAR, scope.builder.let(np.sum, collected))
