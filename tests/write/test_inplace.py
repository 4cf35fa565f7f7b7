"""A buffer is written only by its sole owner: random accumulation with every kind of alias."""

from __future__ import annotations

import operator
from random import Random
from typing import Any

import numpy as np
import pytest

from srcgrad import runtime
from srcgrad.facts.typed import type_of
from srcgrad.facts.types import infer
from srcgrad.program import ops
from srcgrad.program.check import check
from srcgrad.program.evaluate import evaluate
from srcgrad.program.nodes import Const, Program, Var
from srcgrad.write import load, write
from tests.write.hand import Hand, params, program
from tests.write.test_random import same

ARGS = (np.array([0.5, -1.5, 2.0]), np.array([1.0, 2.0, 3.0]))


class Accumulating:
    """Adds random statements on arrays of shape (3,): updates, views, containers, loops."""

    def __init__(self, random: Random, b: Hand, arrays: list[Any]) -> None:
        self.random, self.b, self.arrays = random, b, list(arrays)
        self.lists: list[Any] = []

    def pick(self) -> Any:
        return self.random.choice(self.arrays[-6:] if self.random.random() < 0.7 else self.arrays)

    def name(self) -> str:
        return self.random.choice(("d", "d", "e", ""))

    def step(self, depth: int) -> None:
        makers = [
            self.fresh, self.put, self.put, self.put, self.add, self.add, self.iadd, self.view,
            self.pack, self.append, self.fixed,
        ]  # fmt: skip
        if depth:
            makers += [self.branch, self.loop, self.loop]
        self.random.choice(makers)(depth)

    def fresh(self, depth: int) -> None:
        made = self.b.let(np.zeros_like, self.pick(), hint=self.name())
        self.arrays.append(made)

    def fixed(self, depth: int) -> None:
        self.arrays.append(self.b.let(operator.mul, self.pick(), 2.0, hint=self.name()))

    def put(self, depth: int) -> None:
        old, random = self.pick(), self.random
        if random.random() < 0.5:
            index: Any = random.choice((0, 1, -1))
            value: Any = self.b.let(operator.getitem, self.pick(), random.choice((0, 2)))
        elif random.random() < 0.7:
            index = self.b.let(slice, 0, 2, None)
            value = self.b.let(operator.getitem, self.pick(), self.b.let(slice, 1, 3, None))
        else:
            index = self.b.let(ops.make_list, 0, 1, 1)
            value = self.pick()
        hint = old.hint if isinstance(old, Var) else ""
        self.arrays.append(self.b.let(runtime.put_add, old, index, value, hint=hint))

    def add(self, depth: int) -> None:
        old = self.pick()
        fn = self.random.choice((operator.add, operator.sub, runtime.add))
        hint = self.random.choice((old.hint, self.name()))
        self.arrays.append(self.b.let(fn, old, self.pick(), hint=hint))

    def iadd(self, depth: int) -> None:
        old = self.pick()
        self.arrays.append(self.b.let(operator.iadd, old, self.pick(), hint=old.hint))

    def view(self, depth: int) -> None:
        fn = self.random.choice((ops.attribute("T"), np.ravel, np.transpose, ops.same))
        self.arrays.append(self.b.let(fn, self.pick(), hint=self.name()))

    def pack(self, depth: int) -> None:
        fn = self.random.choice((ops.make_tuple, ops.make_list))
        packed = self.b.let(fn, self.pick(), self.pick())
        if self.random.random() < 0.5:
            self.arrays.append(self.b.let(operator.getitem, packed, self.random.choice((0, 1))))
        else:
            self.arrays += self.b.lets(("p", "q"), ops.unpack, packed, 2)

    def append(self, depth: int) -> None:
        if not self.lists or self.random.random() < 0.3:
            self.lists.append(self.b.let(ops.make_list, self.pick(), hint="xs"))
        old = self.random.choice(self.lists)
        self.lists.append(self.b.let(ops.list_append, old, self.pick(), hint="xs"))
        self.arrays.append(self.b.let(operator.getitem, self.lists[-1], -1))

    def inner(self, b: Hand, more: list[Any]) -> Accumulating:
        made = Accumulating(self.random, b, [*self.arrays, *more])
        made.lists = list(self.lists)
        return made

    def branch(self, depth: int) -> None:
        def arm(b: Hand) -> Any:
            inside = self.inner(b, [])
            for _ in range(self.random.randrange(3)):
                inside.step(depth - 1)
            return inside.pick()

        target = Var(self.name())
        test = self.b.let(operator.gt, self.b.let(np.sum, self.pick()), 1.0)
        self.b.choose((target,), test, arm, arm)
        self.arrays.append(target)

    def loop(self, depth: int) -> None:
        carried = tuple(Var(self.name()) for _ in range(self.random.randrange(1, 3)))
        collects = self.random.randrange(2)

        def body(b: Hand) -> Any:
            inside = self.inner(b, list(carried))
            for _ in range(self.random.randrange(1, 4)):
                inside.step(depth - 1)
            return tuple(inside.pick() for _ in range(len(carried) + collects))

        init = tuple(self.pick() for _ in carried)
        over = self.b.let(range, self.random.randrange(3))
        made = self.b.loop(Var("i"), over, carried, init, body)
        self.arrays += made[: len(carried)]
        for collected in made[len(carried) :]:
            self.arrays.append(self.b.let(np.sum, collected, axis=0))
            self.arrays[-1] = self.b.let(operator.add, self.arrays[-1], np.zeros(3))


def accumulating(seed: int) -> Program:
    random = Random(seed)
    b = Hand()
    x, y = params("x y")
    work = Accumulating(random, b, [x, y])
    work.fresh(0)
    for _ in range(random.randrange(2, 14)):
        work.step(2)
    results = [work.pick() for _ in range(3)]
    return check(program("f", (x, y), b, *results, *work.lists[-1:]))


@pytest.mark.parametrize("start", range(0, 400, 50))
@pytest.mark.parametrize("typed", [True, False])
def test_updates_in_place_are_never_seen_by_others(start: int, typed: bool) -> None:
    written_in_place = 0
    for seed in range(start, start + 50):
        made = accumulating(seed)
        types = infer(made, [type_of(arg) for arg in ARGS]) if typed else None
        written = write(made, types)
        written_in_place += written.source.count("+= ") + written.source.count(".append(")
        want = evaluate(made, *ARGS)
        given = tuple(arg.copy() for arg in ARGS)
        for arg in given:
            arg.flags.writeable = False
        got = load(written)(*given)
        assert same(want, got), written.source
    assert written_in_place > 5


def heat() -> Program:
    b = Hand()
    u0, steps = params("u0 steps")
    u = b.user("u", ops.method("copy"), u0)
    carried = Var("u", True)

    def body(a: Hand) -> Any:
        left = a.let(operator.getitem, carried, a.let(slice, None, -1, None))
        return a.user("u", runtime.put_add, carried, a.let(slice, 1, None, None), left)

    (last,) = b.loop(Var("t", True), b.let(range, steps), (carried,), (u,), body)
    return check(program("f", (u0, steps), b, last))


def test_update_in_a_loop() -> None:
    made = heat()
    types = infer(made, [type_of(np.ones(3)), type_of(2)])
    assert write(made, types).source == (
        "def f(u0, steps):\n"
        "    u = u0.copy()\n"
        "    for t in range(steps):\n"
        "        u[1:] += u[:-1]\n"
        "    return u\n"
    )
    assert "put_add(u, slice(1, None, None), u[:-1])" in write(made).source


def test_argument_is_never_written() -> None:
    b = Hand()
    (x,) = params("x")
    y = b.user("x", runtime.put_add, x, 0, 1.0)
    made = check(program("f", (x,), b, y))
    written = write(made, infer(made, [type_of(np.ones(3))]))
    assert "+=" not in written.source
    given = np.ones(3)
    assert same(load(written)(given), [2.0, 1.0, 1.0]) and same(given, np.ones(3))


def test_old_version_still_read() -> None:
    b = Hand()
    (x,) = params("x")
    zero = b.user("d", np.zeros_like, x)
    new = b.user("d", runtime.put_add, zero, 0, 1.0)
    made = check(program("f", (x,), b, zero, new))
    written = write(made, infer(made, [type_of(np.ones(3))]))
    assert same(load(written)(np.ones(3)), ([0.0] * 3, [1.0, 0.0, 0.0]))


def test_constant_array_is_never_written() -> None:
    kept = np.zeros(3)
    b = Hand()
    (x,) = params("x")
    new = b.user("d", runtime.put_add, b.user("d", ops.same, Const(kept)), 0, x)
    made = check(program("f", (x,), b, new))
    load(write(made, infer(made, [type_of(1.0)])))(2.0)
    assert same(kept, np.zeros(3))
