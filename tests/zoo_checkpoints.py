"""Checkpoints: helpers that are computed again on the way back, loops that keep snapshots."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from functools import partial

import numpy as np

from srcgrad import checkpoint, checkpointed, grad
from tests.zoo_case import Case, collector

SCALE = 0.7
State = namedtuple("State", "x v")


@dataclass
class Pair:
    one: np.ndarray
    other: float


@checkpoint
def block(x, w):
    h = np.tanh(x @ w)
    return h * np.sin(h) + x


@checkpoint
def scaled(x, factor=3.0, *, shift=0.1, **named):
    return 0.3 * (factor * x) + shift * named.get("more", 1.0)


@checkpoint
def two_results(x, w):
    a = np.sin(x) * w
    return a, np.sum(a * x)


@checkpoint
def as_dict(x, w):
    return {"a": np.sin(x) * w, "b": [np.cos(x), w * 2.0]}


@checkpoint
def as_state(s, dt):
    v = s.v - dt * np.sin(s.x)
    return State(s.x + dt * v, v)


@checkpoint
def as_pair(p):
    return Pair(np.sin(p.one) * p.other, p.other * 1.1)


@checkpoint
def outer_block(x, w):
    y = block(x, w)
    z = block(y * y, w)
    return y + z


@checkpoint
def writes(x, w):
    x[1:] += w * x[:-1] ** 2
    x[0] = np.sin(x[1])
    return np.sum(x**2)


@checkpoint
def view_of(x):
    return x[1:3]


@checkpoint
def branches(x, c):
    if c > 0.5:
        return x * x
    if c > 0.2:
        x = np.sin(x)
    for _ in range(2):
        x = x * np.cos(x)
    return x


@checkpoint
def loops(x, n):
    y = x.copy()
    for i in range(n):
        y[i % 3] *= x[(i + 1) % 3]
        if i == 3:
            break
    while np.sum(y) > 1.0:
        y = y * 0.5 * np.cos(y)
    return y


@checkpoint
def with_global(x):
    return np.tanh(SCALE * x) * x


@checkpoint
def inactive(x):
    return x > 0.0, x.shape[0]


@checkpoint
def applied(f, x):
    return f(f(x)) * x


@checkpoint
def factorial_like(x, n):
    if n == 0:
        return np.cos(x)
    return x * factorial_like(np.sin(x), n - 1)


@checkpoint
def grows(xs, x):
    xs.append(np.sin(x))
    xs.append(x * xs[0])
    return xs[-1] * x


@checkpoint
def checked(x):
    assert x.ndim == 1, "one axis"
    if x.size > 100:
        raise ValueError("too long")
    print(end="")
    return np.sqrt(x * x + 1.0)


def _wave(z):
    return np.sum(np.sin(z) * z)


@checkpoint
def sloped(x):
    return grad(_wave)(x) * x


@checkpoint
def items_of(xs, w):
    total = 0.0
    for i, x in enumerate(xs):
        total = total + np.sum(np.sin(x) ** i) * w
    return total


class Layer:
    def __init__(self, w):
        self.w = w

    @checkpoint
    def __call__(self, x):
        return np.tanh(x @ self.w)

    @checkpoint
    def twice(self, x):
        return self(self(x)) * x


def _scaled(x, factor, shift):
    return np.sin(factor * x) + shift


cubed = checkpoint(partial(_scaled, factor=2.0, shift=0.5))
slope = checkpoint(grad(lambda x: np.sum(np.sin(x) ** 2)))


def in_loop(x, w):
    for _ in range(4):
        x = block(x, w)
    return np.sum(x**2)


def in_while(x, w):
    n = 0
    while n < 3:
        x = block(x, w)
        n += 1
    return np.sum(x * x)


def straight(x, w):
    a = block(x, w)
    b = block(a, w)
    return np.sum(a * b)


def nested(x, w):
    return np.sum(outer_block(outer_block(x, w), w) ** 2)


def in_branch(x, w):
    if np.sum(x) > 0.0:
        x = block(x, w)
    else:
        x = block(x * 2.0, w)
    return np.sum(x**3)


def in_comprehension(x, w):
    return sum([np.sum(block(x * i, w)) for i in range(3)])


def with_keywords(x, w):
    return np.sum(0.1 * scaled(0.7 * x) + scaled(x=w, factor=0.3, more=2.0, shift=0.5) * 0.9)


def constants_around(x, w):
    return np.sum(0.1 * scaled(0.7 * (x * w), 0.9) * 0.3)


@checkpoint
def thrice(x):
    return 3.0 * x


@checkpoint
def wave(x):
    return -np.sin(3.0 * x) / 0.7


def rounded(x, w):
    return np.sum(np.sin(thrice(0.7 * x)) * wave(0.1 * w)) * 0.3


def several(x, w):
    a, s = two_results(x, w)
    b, _ = two_results(a, s)
    return np.sum(b) * s


def containers(x, w):
    d = as_dict(x, w)
    return np.sum(d["a"] * d["b"][0] * d["b"][1])


def tuples(x, w):
    s = State(x, w)
    for _ in range(3):
        s = as_state(s, 0.1)
    return np.sum(s.x * s.v)


def objects(x, w):
    p = as_pair(Pair(x, np.sum(w)))
    q = as_pair(p)
    return np.sum(q.one) * q.other


def written(x, w):
    y = x * 1.0
    a = writes(y, w[0])
    b = writes(y, a)
    return a * b + np.sum(y)


def views(x, w):
    y = np.sin(x)
    v = view_of(y)
    return np.sum(v * v) * np.sum(w)


def view_written(x, w):
    y = np.sin(x)
    v = view_of(y)
    v[0] = w[0]
    return np.sum(y * y)


def returns_early(x, w):
    return np.sum(branches(x, 0.9) * branches(x, 0.3) * branches(x, w[0]))


def loops_inside(x, w):
    return np.sum(loops(x, 3)) + np.sum(loops(x * w, 6))


def reads_global(x, w):
    return np.sum(with_global(x * w) * w)


def not_active(x, w):
    mask, n = inactive(x)
    return np.sum(np.where(mask, x, w)) * n


def functions(x, w):
    return np.sum(applied(lambda z: np.sin(z) * w, x))


def closures(x, w):
    def step(z):
        return np.tanh(z * w) + x

    again = checkpoint(step)
    return np.sum(again(again(x)))


def recursive(x, w):
    return np.sum(factorial_like(x, 3) * w)


def lists(x, w):
    xs = [w]
    a = grows(xs, x)
    b = grows(xs, a)
    return np.sum(xs[2] * xs[-1]) + np.sum(b)


def checks(x, w):
    return np.sum(checked(x) * checked(w))


def gradients_inside(x, w):
    return np.sum(sloped(x) * w) + np.sum(slope(x) * w)


def list_argument(x, w):
    return items_of([x, w, x * w], np.sum(w))


def methods(x, w):
    layer = Layer(w)
    return np.sum(layer.twice(layer(x)))


def partials(x, w):
    return np.sum(cubed(x) * cubed(w))


def same_twice(x, w):
    return np.sum(block(x @ w, (x.T @ x)[: w.shape[0]]))


def recurrence(u, c, n):
    for _ in checkpointed(range(n), "sqrt"):
        u = u + c * u * (1.0 - u)
    return np.sum(u**2)


def leapfrog(x, v, n):
    energy = 0.0
    for i in checkpointed(range(n), 2):
        x = x + 0.1 * v
        v = v - 0.1 * np.sin(x)
        energy += np.sum(v**2) / (i + 1)
    return energy


def stencil(u0, c, n):
    u = u0.copy()
    for _ in checkpointed(range(n), count=3):
        u[1:-1] -= c * u[1:-1] * (u[2:] - u[:-2])
    return np.sum(u**2)


def along_rows(x, w, n):
    h = w
    for row in checkpointed(x, 2):
        h = np.tanh(row * h)
    for i, row in checkpointed(enumerate(x), "1 kB"):
        h = h * np.cos(row + i)
    return np.sum(h)


def left_early(x, w, n):
    for i in checkpointed(range(10 * n), 3):
        x = np.sin(x) * w + x
        if i > 3 and np.sum(x) > 2.0:
            return np.sum(x**2)
        if i == n:
            break
    return np.sum(x)


def inside_each_other(x, w, n):
    for _ in checkpointed(range(n), 2):
        y = x
        for k in checkpointed(range(4), "sqrt"):
            y = np.tanh(y * w + k)
        x = block_of(x, y)
    return np.sum(x * x)


@checkpoint
def block_of(x, y):
    for _ in checkpointed(range(3), 1):
        x = np.sin(x) * y
    return x + y


def collects(x, w, n):
    us = []
    for t in checkpointed(range(n), 2):
        x = x * np.cos(w * x) + t
        us.append(x)
    return np.sum(np.array(us) ** 2) + np.sum(us[1])


def ping_pong(a, w, n):
    b = np.zeros_like(a)
    a = a.copy()
    for _ in checkpointed(range(n), 2):
        b[1:-1] = np.sin(a[2:]) * w[1:-1] + a[:-2]
        a, b = b, a
    return np.sum(a * a)


MATRICES = lambda r: (r.normal(size=(4, 3)), r.normal(size=(3, 3)))  # noqa: E731
VECTORS = lambda r: (r.uniform(0.3, 1.2, size=5), r.uniform(0.3, 1.2, size=5))  # noqa: E731
STEPS = lambda r: (*VECTORS(r), 7)  # noqa: E731

CASES: list[Case] = []
_case = collector(CASES)


def case(function, make_args, *tags):
    _case(function, make_args, *tags, wrt=(0, 1), name=f"again_{function.__name__}")


case(in_loop, MATRICES, "golden")
case(straight, MATRICES, "golden")
for one in (in_while, nested, in_branch, in_comprehension, methods):
    case(one, MATRICES)
case(lists, VECTORS, "golden")
case(written, VECTORS, "golden")
for one in (
    with_keywords,
    constants_around,
    rounded,
    several,
    containers,
    tuples,
    objects,
    views,
    view_written,
    returns_early,
    reads_global,
    not_active,
    functions,
    closures,
    recursive,
    checks,
    list_argument,
    partials,
):
    case(one, VECTORS)
case(gradients_inside, VECTORS, "rounds")
case(loops_inside, lambda r: (r.uniform(0.3, 1.2, size=3), r.uniform(0.3, 1.2, size=3)))
case(same_twice, lambda r: (r.normal(size=(3, 3)), r.normal(size=(3, 3))))
case(recurrence, lambda r: (r.uniform(0.3, 1.2, size=5), 0.3, 7), "golden")
case(leapfrog, STEPS, "golden")
case(stencil, lambda r: (r.uniform(0.3, 1.2, size=9), 0.3, 7), "golden")
case(left_early, STEPS, "golden")
case(along_rows, lambda r: (r.normal(size=(6, 3)), r.normal(size=3), 0))
for one in (inside_each_other, collects, ping_pong):
    case(one, STEPS)
HELPERS = tuple(c for c in CASES if len(c.args()) == 2)
LOOPS = tuple(c for c in CASES if len(c.args()) == 3)
