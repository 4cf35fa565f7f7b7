"""Functions that call checkpointed helpers: each is differentiated with and without."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from functools import partial

import numpy as np

from srcgrad import checkpoint, grad

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


def generator(seed):
    return np.random.default_rng(seed)


def matrices():
    rng = generator(3)
    return rng.normal(size=(4, 3)), rng.normal(size=(3, 3))


def vectors():
    rng = generator(4)
    return rng.uniform(0.3, 1.2, size=5), rng.uniform(0.3, 1.2, size=5)


def triples():
    rng = generator(5)
    return rng.uniform(0.3, 1.2, size=3), rng.uniform(0.3, 1.2, size=3)


CASES = {
    **dict.fromkeys(
        [in_loop, in_while, straight, nested, in_branch, in_comprehension, methods], matrices
    ),
    **dict.fromkeys(
        [
            with_keywords,
            constants_around,
            several,
            containers,
            tuples,
            objects,
            written,
            views,
            view_written,
            returns_early,
            reads_global,
            not_active,
            functions,
            closures,
            recursive,
            lists,
            checks,
            gradients_inside,
            list_argument,
            partials,
        ],
        vectors,
    ),
    loops_inside: triples,
    same_twice: lambda: (generator(6).normal(size=(3, 3)), generator(7).normal(size=(3, 3))),
}
"""Functions of x and w, and what makes their arguments."""
