"""Small functions for every corner of the language, each with arguments to run it on."""

# ruff: noqa

from __future__ import annotations

import functools
import math
from collections import namedtuple
from dataclasses import dataclass
from math import sqrt as root
from typing import Any

import numpy as np
from numpy import tanh as act

CASES: list[tuple[Any, tuple[tuple[Any, ...], ...]]] = []
SCALE = 3.0
TABLE = {"a": 1.0, "b": 2.5}
X = np.array([0.5, -1.0, 2.0])
M = np.arange(6.0).reshape(2, 3)


def case(*calls):
    def register(function):
        CASES.append((function, calls))
        return function

    return register


# assignments


@case((2.0,), (np.ones(3),))
def plain(x):
    """A docstring."""
    y = x + 1
    z = y
    z = z * y
    return z


@case((2.0, 3.0))
def swap(a, b):
    a, b = b, a
    return a - 2 * b


@case(([1.0, 2.0, 3.0],), ((1.0, 2.0),), ([1.0],), ([],))
def star_middle(xs):
    first, *rest, last = xs
    return first + 10 * last + 100 * len(rest)


@case(([1.0, [2.0, 3.0]],), ([1.0, [2.0]],), ([1.0, [2.0, 3.0, 4.0]],))
def nested_targets(xs):
    a, (b, c) = xs
    return a * b - c


@case(([5.0],), ([],), ([1.0, 2.0],))
def single_unpack(xs):
    (a,) = xs
    [b] = xs
    return a + b


@case(([5.0, 6.0],))
def only_star(xs):
    (*a,) = xs
    return a


@case((2.0,))
def chained(x):
    a = b = c = x * 2
    b += 1
    return a, b, c


@case((2.0,))
def chained_constant(x):
    a = b = 0
    a += x
    return a - b


@case((2.0,), (np.arange(3.0),))
def augmented(x):
    y = x * 1
    y += 2
    y -= 1
    y *= 3
    y /= 2
    y **= 2
    y //= 2
    y %= 5
    return y


@case((6,))
def augmented_bits(n):
    n |= 1
    n &= 5
    n ^= 3
    n <<= 2
    n >>= 1
    return n


@case((2.0,))
def annotated(x):
    y: float = x * 2
    z: int
    w: "undefined_name" = y  # noqa: F821
    z = 3
    return w + z


@case((2.0,), (-2.0,))
def walrus(x):
    if (y := x * 3) > 0:
        return y
    return -y + (z := 2) * z


@case(([1.0, 2.0, 3.0],))
def walrus_in_while(xs):
    total = 0.0
    i = 0
    while (v := xs[i]) < 2.5:
        total += v
        i += 1
    else:
        total += 100
    return total, v


@case(([1.0, 2.0, 3.0],))
def walrus_in_comprehension(xs):
    last = None
    ys = [(last := x * 2) + 1 for x in xs]
    return ys, last


@case((2.0,))
def deep_tuple(x):
    t = (x, (x + 1, x + 2))
    (a, b) = t[1]
    return t[0] + a * b, t


# operators


@case((7, 3), (-7, 3))
def integer_operators(a, b):
    return (a + b, a - b, a * b, a / b, a // b, a % b, a**b, a << b, a >> b, a & b, a | b, a ^ b)


@case((7,))
def unary_operators(a):
    return -a, +a, ~a, not a, -3, -2.5, --4


@case((1.0, 2.0, 3.0), (3.0, 2.0, 1.0), (1.0, 1.0, 1.0))
def comparisons(a, b, c):
    return a < b < c, a <= b <= c, a > b != c, a == b == c, a is b, a is not None


@case((2.0, [1.0, 2.0]), (3.0, [1.0, 2.0]))
def membership(a, xs):
    return a in xs, a not in xs, a in (1, 2), 0 < a in xs


@case((0.0, 2.0), (1.0, 0.0), (0.0, 0.0))
def and_or(a, b):
    return a and b, a or b, a and b or 5.0, not a and (b or 7.0), (a or b) and 3


@case((0.0,), (2.0,))
def short_circuit(x):
    ok = x != 0 and 1 / x > 0.25
    other = x == 0 or 1 / x < 3
    return ok, other


@case((1.0,), (-1.0,), (0.0,))
def ternaries(x):
    return (x if x > 0 else -x) + (1 if x else 2 if x == 0 else 3)


@case((M, np.ones((3, 2))))
def matrices(a, b):
    return a @ b, a.T, a.shape[0], a.sum(axis=0), a.reshape(-1), a.reshape((3, 2)), a.ndim


@case((M,))
def indexing(a):
    return (
        a[0],
        a[-1, 1],
        a[:, 1:],
        a[..., None],
        a[::-1, ::2],
        a[a > 2],
        a[[0, 1], [1, 2]],
        a[1][2],
    )


@case((X, 1, 2))
def slices(x, i, j):
    return x[i:], x[:j], x[i:j], x[i], x[-i:], x[slice(i, j)], x[i : j + 1 : 1]


# branches


@case((3.0,), (0.5,), (-1.0,), (-9.0,))
def elifs(x):
    if x > 1:
        y = x * 2
    elif x > 0:
        y = x + 1
    elif x > -5:
        y = -x
    else:
        y = 0
    return y * 2


@case((3.0,), (-3.0,))
def only_then(x):
    y = 1.0
    if x > 0:
        y = x
        z = y + 1
        y = z * y
    return y


@case((3.0,), (-3.0,))
def maybe_unbound(x):
    if x > 0:
        y = x
    return y


@case((3.0,))
def never_bound(x):
    if x < 0:
        y = 0
        del_me = y
    return x + nothing_here  # noqa: F821


@case((3.0,), (-3.0,))
def read_before(x):
    if x > 0:
        z = later  # noqa: F821, F841
    later = x
    return later


@case((3.0,), (0.0,), (-3.0,))
def early_returns(x):
    if x > 1:
        return x
    y = x * 2
    if y < -1:
        return -y
    return y + 5


@case((3.0,), (-3.0,))
def falls_off(x):
    if x > 0:
        return x


@case((3.0,), (0.5,), (-3.0,), (-0.5,))
def deep_exit(x):
    y = 1.0
    if x > 0:
        if x > 1:
            return x * 10
        y = 2.0
    else:
        if x < -1:
            return -x
        y = 3.0
    z = y * x
    return z + 1


@case((3.0,), (-3.0,))
def both_return(x):
    if x > 0:
        return x
    else:
        return -x
    return 17  # noqa


@case((3.0,), (-3.0,))
def raises(x):
    if x < 0:
        raise ValueError(f"bad {x!r}")
    return x


@case((3.0,), (-3.0,))
def raise_class(x):
    if x < 0:
        raise ValueError
    y = x * 2
    if y > 100:
        raise RuntimeError("big") from None
    return y


@case((3.0,), (-3.0,))
def raise_or_bind(x):
    if x < 0:
        raise KeyError("k")
    else:
        y = x
    return y


@case((3.0,))
def always_raises(x):
    y = x
    raise ValueError(y)


@case((3.0,), (-3.0,))
def all_arms_raise(x):
    if x > 0:
        raise ValueError("positive")
    else:
        raise TypeError("negative")


@case((3.0,), (-3.0,))
def asserts(x):
    assert x != 5
    assert x > 0, f"x is {x}"
    assert x < 100, "constant"
    return x


# loops


@case((2.0, 4), (2.0, 0))
def counting(x, n):
    s = 0
    for i in range(n):
        s = s + x * i
    return s


@case((2.0, 4), (2.0, 0))
def target_after(x, n):
    for i in range(n):
        y = x * i
    return i + y


@case((2.0, 5), (2.0, 2), (2.0, 0))
def with_break(x, n):
    s = 1.0
    for i in range(n):
        if i == 3:
            break
        s *= x
    return s, i if n else None


@case((2.0, 5), (2.0, 2))
def for_else(x, n):
    for i in range(n):
        if i == 3:
            y = x
            break
    else:
        y = -1.0
    return y


@case((2.0, 5), (2.0, 2))
def while_else(x, n):
    i = 0
    while i < n:
        if i == 3:
            break
        i += 1
    else:
        x = x * 10
    return x + i


@case((2.0, 5))
def with_continue(x, n):
    s = 0.0
    for i in range(n):
        if i % 2:
            continue
        s += x * i
        if i > 3:
            continue
        s += 100
    return s


@case((2.0, 6), (2.0, 2), (200.0, 6))
def all_exits(x, n):
    s = 0.0
    for i in range(n):
        if i == 1:
            continue
        s += x
        if s > 100:
            return -s
        if i == 4:
            break
        s += 1
    else:
        s += 1000
    return s


@case((4, 3), (2, 2), (0, 0), (5, 5))
def nested_break(n, m):
    s = 0
    for i in range(n):
        for j in range(m):
            if i * j == 4:
                break
            s += i + j
        else:
            s += 100
            continue
        s += 1000
        break
    return s


@case((4, 3, 2), (4, 3, 50), (0, 0, 0))
def nested_return(n, m, stop):
    s = 0
    for i in range(n):
        for j in range(m):
            s += i * j
            if s > stop:
                return s, i, j
    return s


@case((10.0,), (0.3,), (-2.0,))
def while_in_for_return(x):
    for k in range(3):
        y = x
        while y > 1:
            y = y / 2
            if 1.2 < y < 1.3:
                return y, k
        x = y * 3
    return x


@case((50.0,), (1.0,))
def while_true(x):
    n = 0
    while True:
        x = x / 2
        n += 1
        if x < 1:
            return x, n


@case((50.0,), (1.0,))
def while_true_break(x):
    while True:
        if x < 1:
            break
        x = x / 3
    return x


@case((5,), (0,))
def while_complex_test(n):
    i, s = 0, 0
    while i < n and s < 5 or i == 0:
        s += i
        i += 1
    return s, i


@case((3,))
def shadowed(n):
    x = 1
    for x in range(n):
        x = x * 2
    return [x for x in range(2)], x


@case((3.0,))
def changing_type(x):
    s = 0
    for v in [x, np.ones(2), x]:
        s = s + v
    return s


@case((M,))
def over_rows(a):
    s = 0.0
    for row in a:
        for v in row:
            s += v * v
    return s


@case(([1.0, 2.0], [3.0, 4.0]), ([], []))
def zips(xs, ys):
    s = 0.0
    for i, (x, y) in enumerate(zip(xs, ys)):  # noqa: B905
        s += i * x * y
    for x in reversed(xs):
        s = s * 2 + x
    return s


@case(({"a": 1.0, "b": 2.0},))
def dicts(d):
    s = 0.0
    for k in d:
        s += d[k]
    for k, v in d.items():
        s += len(k) * v
    for v in d.values():
        s *= v
    for k in d.keys():
        s += k == "a"
    return s


@case(([[1.0, 2.0], [3.0]],))
def ragged(xss):
    total = []
    for xs in xss:
        for x in xs:
            if x == 2:
                continue
            total.append(x)
    return total


@case((5,))
def unused_else(n):
    for i in range(n):
        pass
    else:
        n = n + 1
    return n, i


@case((3,))
def rebinding_over(n):
    xs = [1, 2, 3]
    for x in xs:
        xs = [x, n]
    return xs


@case((5, 2), (5, 20))
def deep_exit_in_loop(n, k):
    s = 0
    for i in range(n):
        if i > 1:
            if i == k:
                break
            if i == 4:
                return -s
            s += 1
        else:
            s += 10
        s += i
    return s


@case((5, 1), (5, 7))
def deep_continue(n, k):
    s = 0
    for i in range(n):
        if i != 2:
            if i == k:
                continue
            s += 1
        s += 10 * i
    return s


# formatted text, print


@case((2.5, 8), (3, 9))
def fstrings(x, w):
    a = f"{x} {x!r:>{w}} {x:.2f} plain"
    b = f"nothing {{}}"  # noqa: F541
    return a + b + f"{w=}"


@case((2.5,))
def prints(x):
    print("x is", x, sep=": ", end="\n")
    return x


# displays and comprehensions


@case((1.0, [2.0, 3.0]))
def displays(x, xs):
    return [x, *xs], (x, *xs, x), {"a": x, **{"b": 2}}, {x, 2.0}, [], (), {}


@case(({"a": 1.0},))
def dict_merge(d):
    e = {"z": 0, **d, "b": 2}
    return e, {**e}, {**d, **e}


@case(([1.0, 2.0, 3.0],))
def comprehensions(xs):
    a = [x * x for x in xs]
    b = [x for x in xs if x > 1 if x < 3]
    c = {str(x): x for x in xs}
    d = {k: v for k, v in c.items() if v != 2}
    e = [x * y for x in xs for y in a if x != y]
    f = [[x + y for y in xs] for x in a]
    return a, b, c, d, e, f


@case(([[1.0, 2.0], [3.0]],))
def flattening(xss):
    return [x for xs in xss for x in xs], [len(xs) for xs in xss if xs for _ in xs]


@case(([1.0, 2.0, 3.0],), ([],))
def generators(xs):
    return (
        sum(x * x for x in xs),
        max((x for x in xs), default=0.0),
        list(x + 1 for x in xs),
        tuple(x for x in xs if x > 1),
        any(x > 2 for x in xs),
        all(x > 0 for x in xs),
        ",".join(str(x) for x in xs),
        dict((x, 1) for x in xs),
        math.fsum(x for x in xs),
    )


@case(([1.0, 0.0, 3.0],), ([0.0],), ([3.0],))
def lazy_any(xs):
    return any(1 / x > 0.5 for x in xs), 5


@case(([4.0, 1.0, 0.0],), ([0.0],))
def lazy_all(xs):
    return all(1 / x < 0.5 for x in xs if x < 100)


@case((3,))
def comprehension_scope(n):
    i = 10
    xs = [i for i in range(n)]
    ys = [j + i for j in range(i - 8)]
    return xs, ys, i


@case(([1.0, 2.0],))
def appends(xs):
    out = []
    for x in xs:
        out.append(x)
        out.append(x * 2)
    out.append(0.0)
    return out, len(out), sum(out)


@case(([1.0, -2.0, 3.0],))
def appends_in_branch(xs):
    pos, neg = [], [0.0]
    for x in xs:
        if x > 0:
            pos.append(x)
        else:
            neg.append(x)
            if x < -1:
                pos.append(-x)
    return pos, neg


@case(([1.0, -2.0, 3.0],))
def appends_and_resets(xs):
    run, n = [], 0
    for x in xs:
        if x < 0:
            run = []
        run.append(x)
        n += len(run)
    return run, n


# functions


def square(x):
    return x * x


def affine(x, a=2.0, *, b=1.0):
    return a * x + b


def gather(x, *rest, scale=1.0, **more):
    total = x
    for i, r in enumerate(rest):
        total += i * r
    for name in more:
        total += len(name) * more[name]
    return total * scale


def branchy(x):
    if x > 2:
        return x, 1.0
    y = x * 2
    return y, -1.0


def apply_twice(f, x):
    return f(f(x))


def make_scaled(w):
    def scaled(x):
        return w * x

    return scaled


def pick(name):
    if name == "square":
        return square
    elif name == "tanh":
        return np.tanh
    elif name == "half":
        return lambda v: v / 2
    raise ValueError(name)


def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


@case((3.0,))
def helpers(x):
    return square(x) + affine(x) * affine(x, 3.0, b=2) - affine(b=0, x=1.5)


@case((3.0,))
def gathers(x):
    return (
        gather(x),
        gather(x, 1.0, 2.0),
        gather(x, scale=2, aa=1.0),
        gather(*(x, 1, 2), **{"scale": 3, "zz": 2}),
    )


@case((3.0, [1.0, 2.0]), (3.0, []))
def unknown_stars(x, xs):
    return gather(x, *xs), max(*xs, 1.0, 2.0), square(*[x])


@case(([1.0, 2.0],), ([1.0],))
def star_to_fixed(xs):
    def two(a, b):
        return a - b

    return two(*xs)


@case(({"a": 1.0, "b": 2.0}, 1.0), ({"b": 2.0}, 1.0), ({}, 2.0))
def double_stars(d, x):
    def f(x, a=5.0, b=6.0):
        return x + a * 2 + b * 3

    return f(x, **d)


@case((3.0,), (1.0,))
def tuple_helper(x):
    y, sign = branchy(x)
    t = branchy(x + 1)
    return y * sign + t[0], t


@case((3.0,))
def higher_order(x):
    return apply_twice(square, x), apply_twice(lambda v: v + x, x), apply_twice(np.sin, x)


@case((3.0,))
def closures(x):
    double = make_scaled(2.0)
    other = make_scaled(x)
    return double(x) + other(double(1.0))


@case((3.0,), (-3.0,))
def chosen_function(x):
    f = square if x > 0 else lambda v: v - 1
    g = np.sin if x > 0 else np.cos
    return f(x) + g(x) + (abs if x > 1 else square)(x)


@case((3.0, "square"), (3.0, "tanh"), (3.0, "half"), (3.0, "other"))
def picked(x, name):
    f = pick(name)
    return f(x) * 2


@case((3.0, "a"), (3.0, "b"), (3.0, "c"))
def table_of_functions(x, name):
    acts = {"a": np.tanh, "b": square, "c": lambda v: v}
    return acts[name](x)


@case((3.0,))
def list_of_functions(x):
    for f in [square, np.sin, lambda v: v + 1]:
        x = f(x)
    return x, [g(x) for g in (square, abs)]


@case((3.0,))
def late_binding(x):
    w = 1.0

    def f(v):
        return w * v

    a = f(x)
    w = 5.0
    b = f(x)
    return a, b


@case((3.0,))
def late_in_loop(x):
    fs = 0.0
    for i in range(3):
        g = lambda v: v * i  # noqa: B023, E731
        fs += g(x)
    return fs


@case((3.0,))
def default_binding(x):
    w = 2.0
    f = lambda v, w=w: v * w  # noqa: E731
    w = 100.0
    return f(x) + w


@case((3.0,))
def nested_scopes(x):
    a = 1.0

    def outer(b):
        c = a + b

        def inner(d):
            return a + b + c + d

        return inner(c) + inner(x)

    a = 2.0
    return outer(10.0)


@case((5,), (1,))
def recursive_helper(n):
    return factorial(n) + even(n) + odd(n)


@case((6,), (0,))
def recursive_self(n):
    if n < 2:
        return n
    return recursive_self(n - 1) + recursive_self(n - 2)


@case((5, 2.0))
def recursive_closure(n, x):
    def power(k):
        if k == 0:
            return 1.0
        return x * power(k - 1)

    a = power(n)
    x = 3.0
    return a + power(2)


@case((3.0,))
def wrong_calls_1(x):
    return affine()


@case((3.0,))
def wrong_calls_2(x):
    return square(x, x)


@case((3.0,))
def wrong_calls_3(x):
    return affine(x, c=2)


@case((3.0,))
def wrong_calls_4(x):
    return affine(x, 1, a=2)


@case((3.0,))
def wrong_calls_5(x):
    def inner(a, /, b, *, c):
        return a

    return inner(a=x, b=1)


@case((3.0, np.sin), (3.0, abs))
def unknown_function(x, f):
    return f(x) + 1


@case((3.0,))
def globals_read(x):
    return SCALE * x + TABLE["a"] + math.pi + np.pi


@case((3.0,))
def library_aliases(x):
    return act(x) + root(x) + math.exp(x) + np.linalg.norm(X * x) + float(np.float32(x))


@case((X,))
def methods(x):
    f = x.sum
    return x.mean(), f(), x.astype(int).max(), x.T.shape, x.dtype, x.copy().tolist()


@case((3.0,))
def partials(x):
    f = functools.partial(affine, a=x)
    g = functools.partial(f, 2.0)
    return f(1.0) + g(b=0.5)


@case((3.0,))
def unused_closure_in_branch(x):
    if x > 0:
        f = lambda v: v * 2  # noqa: E731
        y = f(x)
    else:
        y = x
    return y


@case((3.0,), (-3.0,))
def function_by_branch(x):
    if x > 0:

        def f(v):
            return v * 2
    else:

        def f(v):
            return v * 3

    return f(x)


Point = namedtuple("Point", "x y")


@dataclass
class Pair:
    a: float
    b: float

    def total(self):
        return self.a + self.b


@case((Point(1.0, 2.0), Pair(3.0, 4.0)))
def records(p, q):
    r = Point(p.y, q.a)
    s = Pair(a=r.x, b=p.x)
    x, y = r
    return r.x * s.b + q.total() + x - y, isinstance(p, Point)


@case((3.0, None), (3.0, 2.0))
def optional(x, y=None):
    if y is None:
        y = 1.0
    return x * y


@case((0.5, 3), (0.5, 0))
def collatz(x, n):
    ys = [x]
    for k in range(n):
        if ys[-1] > 1:
            ys.append(ys[-1] / 2)
        else:
            ys.append(3 * ys[-1] + k)
    return ys[-1] + ys[0] + len(ys)


@case((3.0,))
def expression_statements(x):
    x + 1
    square(x)
    ...
    pass
    return x


@case(([3.0, 1.0, 2.0],))
def builtins_on_lists(xs):
    return sorted(xs), min(xs), sum(xs, 1.0), len(xs), list(range(len(xs))), abs(-xs[0])


@case((3.0,), (-2.0,))
def conditional_lambda_capture(x):
    k = 2.0 if x > 0 else 3.0
    f = lambda: k * x  # noqa: E731
    k = k + 1
    return f()


def outer_with_cell():
    factor = 2.5

    @case((2.0,))
    def with_cell(x):
        return factor * x

    factor = 3.5


outer_with_cell()
case((2.0,))(lambda x: x * 2 if x > 0 else -x)
case((2.0, 3.0))(lambda x, y=3.0, *rest, **kw: (x * y, rest, kw))


@case(([1.0, 2.0, 3.0],), ([],), ([4.0],))
def functionals(xs):
    a = functools.reduce(lambda s, x: s + x * x, xs, 0.0)
    b = functools.reduce(lambda s, x: s * x, [a, 2.0, 3.0])
    c = list(map(lambda x: x + 1, xs))
    d = sum(map(affine, xs, c))
    e = list(filter(lambda x: x > 1, xs))
    return a, b, c, d, e, functools.reduce(max, xs)


@case((3.0, 2), (3.0, 0))
def bound_in_loop(x, n):
    for i in range(n):
        y = x * i
    return y


@case((3.0, 2), (3.0, 0))
def alias_of_unbound(x, n):
    for i in range(n):
        y = x * i
    z = y  # noqa: F841
    return x


@case((3.0, 2), (3.0, 0))
def unbound_in_turn(x, n):
    s = 0.0
    for i in range(3):
        if i == n:
            w = x
        if i >= 1:
            s += w
    return s


@case((3.0,), (0.5,))
def endless_binds(x):
    while True:
        y = x * 2
        if y > 4:
            break
        x = y
    return y


@case(((1.0, 2.0, 3.0),), ([],))
def item_of_display(t):
    xs = [t, 2.0]
    ys = xs
    return xs[0], ys[1:], [*xs][::-1], len(ys)


@case(({"a": 1.0},), ({"a": 1.0, "b": 2.0},), ({"a": 1.0, "b": 2.0, "c": 3},))
def double_stars_missing(d):
    def f(a, b):
        return a - b

    return f(**d)


@case(({"zz": 1.0},), ({},))
def double_stars_through(d):
    def f(x, **more):
        return x + sum(more.values()), sorted(more)

    return f(2.0, **d), f(1.0, **d, aa=2.0)


class Layer:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        return self.w * x

    def __call__(self, x):
        return self.forward(x) + 1


layer = Layer(2.0)
forward = layer.forward


@case((3.0,))
def objects(x):
    return layer(x) + forward(x) + layer.forward(x) + layer.w


@case((3.0,))
def immediately_called(x):
    return (lambda v, k=2: v * k)(x) + (lambda *a, **k: len(a) + len(k))(x, x, b=1)


@case((3.0,))
def closure_in_comprehension(x):
    return [f(x) for f in [lambda v, i=i: v * i for i in (1, 2, 3)]]


@case((3,))
def kwargs_static(x):
    def f(**options):
        a = options.get("a", 1.0)
        b = options["b"] if "b" in options else 2.0
        s = 0
        for k, v in options.items():
            s += v
        return a * b + s + len(options)

    return f() + f(a=x) + f(a=x, b=5)


@case((3.0,))
def star_args_static(x):
    def f(*args):
        first, *rest = args
        total = 0
        for i, a in enumerate(args):
            total += i * a
        return total + first + len(rest) + sum(args) + args[-1] + len(args[1:])

    return f(x) + f(x, 1.0, 2.0)


@case(([1.0, 2.0, 3.0], 2.0), ([1.0], 2.0), ([], 0.0))
def search(xs, y):
    for i, x in enumerate(xs):
        if x == y:
            found = i
            break
    else:
        return -1
    return found


@case((4,))
def triple_nest(n):
    hits = []
    for a in range(1, n):
        for b in range(a, n):
            for c in range(b, n + 2):
                if a * a + b * b == c * c:
                    hits.append((a, b, c))
                    break
            if len(hits) > 3:
                return hits
    return hits


@case((3.0,), (-1.0,))
def return_in_while_in_for_in_if(x):
    if x > 0:
        for i in range(4):
            while x > i:
                x -= 1
                if x == 1:
                    return x, i
    return x


@case((2, 3), (0, 3), (3, 0))
def loops_in_sequence(n, m):
    for i in range(n):
        if i == 1:
            break
    for j in range(m):
        if j == n:
            return "early"
    else:
        j = -5
    return j


@case(([3.0, -1.0, 2.0],))
def helper_loop_with_exit(xs):
    def first_negative(values):
        for k, v in enumerate(values):
            if v < 0:
                return k, v
        return None

    r = first_negative(xs)
    if r is None:
        return 0.0
    k, v = r
    return k * v


@case((2.0,))
def names_like_ours(x):
    np_ = x
    code = np_ * 2
    result = code + 1
    t = result
    which = t
    return which * result


@case((2.0,))
def shadow_builtin(x):
    sum = x * 2  # noqa: A001
    len = lambda v: v  # noqa: A001, E731
    return len(sum)


@case((5,))
def fib(n):
    a, b = 0, 1
    while a < n:
        a, b = b, a + b
    return a, b


@case((2.0, True), (2.0, False), (2.0, None))
def flags(x, flag):
    y = x if flag else -x
    if not flag:
        y = y + 1
    if flag is None:
        y *= 2
    return y
