"""Exceptions, contexts, patterns, generators, and random draws."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import warnings
from collections import namedtuple

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def _psd(r):
    a = normal(r, 3, 3)
    return a @ a.T - 0.5 * np.eye(3)


def jitter_until_it_works(A, y):
    S = 0.5 * (A + A.T)
    jitter = 1e-6
    for _ in range(30):
        try:
            L = np.linalg.cholesky(S + jitter * np.eye(3))
            break
        except np.linalg.LinAlgError:
            jitter *= 10
    z = np.linalg.solve(L, y)
    return z @ z + 2 * np.sum(np.log(np.diag(L)))


case(jitter_until_it_works, lambda r: (_psd(r), normal(r, 3)), wrt=(0, 1))
case(
    jitter_until_it_works,
    lambda r: (np.diag([2.0, 3.0, 4.0]), normal(r, 3)),
    wrt=(0, 1),
    name="jitter_not_needed",
)


def divides_or_not(x, k):
    try:
        y = x * x / k
    except ZeroDivisionError:
        y = x ** 3
    return y * x


case(divides_or_not, lambda r: (1.3, 0), "golden")
case(divides_or_not, lambda r: (1.3, 2), name="divides_or_not_2")


def writes_before_finally(p, s):
    try:
        p[0] = s * p[1]
        p *= p
    finally:
        k = 3.0
    return p.sum() * k


case(writes_before_finally, lambda r: (normal(r, 3), 1.4), wrt=(0, 1))


def writes_or_raises(p, s, k):
    try:
        p[k] = s * s
        p[0] *= s
    except IndexError:
        raise ValueError("no such entry")
    return p.sum() * p[0]


case(writes_or_raises, lambda r: (normal(r, 3), 1.4, 2), wrt=(0, 1))


def writes_in_handler_before_finally(p, s, k):
    try:
        s / k
    except ZeroDivisionError:
        p[0] = s * s
    finally:
        s = 2.0
    return p.sum() * s


case(writes_in_handler_before_finally, lambda r: (normal(r, 3), 1.4, 0), wrt=(0, 1))


def view_taken_again_in_handler(p, s, k):
    u = p[:2]
    try:
        s = float(k) / k * u.mean()
    except ZeroDivisionError:
        p[0] = 0.3 * s
        s = u[0] * u[1]
    return s


case(view_taken_again_in_handler, lambda r: (normal(r, 3), 1.4, 0), wrt=(0, 1))


class Kept:
    def __init__(self, s):
        self.s = s


def attribute_bound_last(p, s, k):
    o = Kept(s)
    try:
        o.s = s / k
    except ZeroDivisionError:
        p = p * 2.0
    return p.sum() * o.s


case(attribute_bound_last, lambda r: (normal(r, 3), 1.4, 0), wrt=(0, 1))
case(
    attribute_bound_last,
    lambda r: (normal(r, 3), 1.4, 2),
    wrt=(0, 1),
    name="attribute_bound_last_2",
)


def writes_before_finally_that_looks(p, q, s, k):
    try:
        try:
            s / k
        except ZeroDivisionError:
            q[q < s] *= 0.7
    finally:
        u = np.tanh(p) * s
    return q.sum() * u.sum()


case(
    writes_before_finally_that_looks,
    lambda r: (normal(r, 3), normal(r, 3), 1.4, 0),
    "typed",
    wrt=(0, 1, 2),
)


def bound_last_before_finally(p, s, k):
    try:
        y = s / k
        s = y * p[0]
    except ZeroDivisionError:
        y = 2.0
    finally:
        s *= p.sum()
    return p.sum() * s * y


case(bound_last_before_finally, lambda r: (normal(r, 3), 1.4, 0), wrt=(0, 1))
case(
    bound_last_before_finally,
    lambda r: (normal(r, 3), 1.4, 2),
    wrt=(0, 1),
    name="bound_last_before_finally_2",
)


def handler_that_raises_again(p, s, k):
    try:
        try:
            s = s / k
        except ZeroDivisionError:
            1 / k
    except ZeroDivisionError:
        p = p * 2
    return p.sum() * s


case(handler_that_raises_again, lambda r: (normal(r, 3), 1.4, 0), wrt=(0, 1))


def view_made_in_handler(p, s, k):
    try:
        s / k
    except ZeroDivisionError:
        v = p[:]
        w = p[1:]
        s = v[0] * w[1]
    p[2] += s
    return p.sum() * s


case(view_made_in_handler, lambda r: (normal(r, 3), 1.4, 0), wrt=(0, 1))


def buffers_swapped_around_finally(p, q, s, k):
    i = 0
    u = 0.5
    while i < 2:
        i += 1
        try:
            try:
                s / k
            except ZeroDivisionError:
                p[1:] = np.sin(p[0])
            else:
                q.fill(p[i - 1])
        finally:
            print("done")
        q, p = p, q
        u = np.sum(p[:2] * q[1:])
    return u + q[0]


case(
    buffers_swapped_around_finally,
    lambda r: (normal(r, 3), normal(r, 3), 0.3, 1),
    wrt=(0, 1),
)


def returns_from_both(x):
    try:
        return 1.0 / x
    except ZeroDivisionError:
        return 2.0 * x


case(returns_from_both, lambda r: (1.3,))


def skips_what_fails(xs):
    total = 0.0
    for x in xs:
        try:
            y = 1.0 / x
        except ZeroDivisionError:
            continue
        total = total + y * y
    return total


case(skips_what_fails, lambda r: ([1.3, -0.7, 2.0],), wrt="xs")


def skips_in_a_list(x, n):
    total = 0.0
    for k in range(n):
        try:
            y = x / k
        except ZeroDivisionError:
            continue
        total += y * y
    return total


case(skips_in_a_list, lambda r: (1.3, 4))


class Rejected(Exception):
    """Raised by a helper."""


def _root(x):
    if x < 0:
        raise Rejected("negative")
    return x**0.5


def raised_in_a_helper(x):
    try:
        r = _root(x)
    except Rejected:
        r = _root(-x)
    return r * x


case(raised_in_a_helper, lambda r: (1.7,))
case(raised_in_a_helper, lambda r: (-1.7,), name="raised_in_a_helper_2")


def every_clause(x, k):
    log = []
    try:
        if k < 0:
            raise ValueError("a")
        y = x[k]
    except ValueError as error:
        log.append(str(error))
        y = x[0] * 2
    except (IndexError, KeyError):
        y = x[1] ** 2
    else:
        y = y * 3
    finally:
        z = np.sum(x)
    return y * y * z * len(log + [0])


for number, k in enumerate((-1, 0, 9)):
    case(every_clause, lambda r, k=k: (normal(r, 3), k), name=f"every_clause_{number}")


def finally_around_a_return(x):
    n = [1.0]
    for i in range(4):
        try:
            if i == 2:
                return x * x * len(n)
            x = x * 1.5
        finally:
            n.append(2.0)
    return x


case(finally_around_a_return, lambda r: (1.2,))


def retries(x):
    n = 0
    while True:
        try:
            if n < 3:
                raise RuntimeError
            y = x * n
        except RuntimeError:
            n += 1
            x = x * 1.5
            continue
        break
    return y * y


case(retries, lambda r: (0.8,))


def nested_attempts(x):
    try:
        try:
            y = x / (x - x)
        except ZeroDivisionError as error:
            raise ValueError("inner") from error
    except ValueError:
        try:
            y = np.sin(x)
        except Exception:
            raise
    return y * y


case(nested_attempts, lambda r: (0.8,))


def floating_point_error(x):
    with np.errstate(divide="raise"):
        try:
            y = np.log(x)
        except FloatingPointError:
            y = x * x
    return np.sum(y * np.arange(1.0, 4.0))


case(floating_point_error, lambda r: (positive(r, 3),))
case(
    floating_point_error,
    lambda r: (np.array([0.0, 1.0, 2.0]),),
    "kink",
    name="floating_point_error_2",
    hand=lambda x: 2.0 * x * np.arange(1.0, 4.0),
)


def inside_errstate(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 0, np.log(x), 0.0)
    return np.sum(y * y)


case(inside_errstate, lambda r: (np.array([0.5, -1.0, 2.0]),), "golden")


def returned_from_a_context(x):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.sum(np.sqrt(x))


case(returned_from_a_context, lambda r: (positive(r, 3),))


def contexts_in_a_loop(x):
    s = 0.0
    for i in range(5):
        with np.errstate(all="ignore"):
            if i == 3:
                continue
            s = s + x**i
            if s > 20.0:
                break
    return s


case(contexts_in_a_loop, lambda r: (1.2,))
case(contexts_in_a_loop, lambda r: (3.1,), name="contexts_in_a_loop_2")


def light_contexts(x):
    y = x
    with contextlib.nullcontext(x * 2) as z, contextlib.nullcontext():
        y = y * z
    with contextlib.suppress(ZeroDivisionError, ValueError):
        y = y / (x - x)
    return y * x


case(light_contexts, lambda r: (1.1,))


@contextlib.contextmanager
def _noted(log, name):
    log.append(name)
    try:
        yield len(log)
    finally:
        print("", end="")


@contextlib.contextmanager
def _counted(start):
    n = start + 1.0
    with np.errstate(all="ignore"):
        yield n


def own_contexts(x):
    s = x
    with _counted(1.0) as n, _counted(n * x) as m:
        s = s * x * n + m
    return s * s


case(own_contexts, lambda r: (1.1,))


@dataclasses.dataclass
class Circle:
    r: float


@dataclasses.dataclass
class Box:
    a: float
    b: float


Point = namedtuple("Point", "x y")


class Kind:
    TANH = "tanh"


def by_name(x, kind):
    match kind:
        case "relu":
            y = np.maximum(x, 0)
        case Kind.TANH | "hyperbolic":
            y = np.tanh(x)
        case "square" if x.size > 2:
            y = x**2
        case None:
            y = x
        case str() as other:
            y = len(other) * x
        case _:
            raise ValueError(kind)
    return np.sum(y * y)


for kind in ("relu", "tanh", "hyperbolic", "square", None, "other"):
    case(by_name, lambda r, kind=kind: (normal(r, 3), kind), name=f"by_name_{kind}")


def by_shape(x, shape):
    match shape:
        case Circle(r):
            a = np.pi * r**2 * x
        case Box(a=w, b=h) if w > h:
            a = w * h * x
        case Box(w, h):
            a = w * w * h * x
        case Point(x=px, y=0):
            a = px * x
        case (p, q):
            a = p * q * x
        case [p, *rest] if rest:
            a = p * sum(rest) * x
        case {"k": k, "m": (m, _)}:
            a = k * m * x
        case {"z": z, **rest}:
            a = z * len(rest) * x
        case float(v) | [v]:
            a = v * x
        case _:
            a = x
    return a * a


SHAPES = [
    Circle(2.0), Box(2.0, 1.0), Box(1.0, 2.0), Point(3.0, 0.0), (2.0, 3.0), [2.0, 3.0, 4.0],
    {"k": 2.0, "m": [3.0, 1.0]}, {"z": 1.5, "q": 1.0, "r": 2.0}, 2.5, [1.5], "none",
]  # fmt: skip
for number, shape in enumerate(SHAPES):
    case(by_shape, lambda r, shape=shape: (1.3, shape), name=f"by_shape_{number}")
for number, shape in enumerate((Circle(2.0), Box(2.0, 1.0), Box(1.0, 2.0), (2.0, 3.0))):
    case(
        by_shape,
        lambda r, shape=shape: (1.3, shape),
        wrt="shape",
        name=f"by_shape_in_shape_{number}",
    )


def match_in_a_loop(x, n):
    s = x
    for i in range(n):
        match i % 3, i > 4:
            case 0, _:
                s = s * x
            case 1, True:
                break
            case 2, flag if not flag:
                continue
            case k, _:
                s = s + k * x
    return s


case(match_in_a_loop, lambda r: (1.1, 9))


def _powers(x, n):
    for i in range(n):
        if i == 2:
            continue
        yield x**i
        x = x * 1.5


def _chained(x):
    yield x
    yield from _powers(x, 3)
    yield from [x, 2 * x]


def generators(x):
    s = 0.0
    for v in _powers(x, 4):
        s += v * v
    a, *b = _chained(x)
    c = sum(p * q for p, q in zip(_chained(x), (x * k for k in range(3))))
    return s * a + sum(b) + c + np.sum(np.array(list(_powers(x, 3)))) + max(_chained(x))


case(generators, lambda r: (1.1,))


def lazy_items(x):
    s = 0.0
    for i, (a, b) in enumerate(zip((x * k for k in range(3)), [x, 1.0, 2.0]), start=1):
        s += i * a * b
    return s


case(lazy_items, lambda r: (1.1,))


def small_words(x):
    import math as m
    from math import sin

    try:
        import no_such_module
    except ImportError:
        no_such_module = None
    assert no_such_module is None, f"bad {x:.2f}"
    y = x * 2
    z = y * x
    del y
    a, b = divmod(x, 0.7)
    t = sum([(t := x * k) * t for k in range(3)]) + t
    return sin(x) * m.cos(x) * z + b * t * sum([x, x], start=x) + a


case(small_words, lambda r: (1.1,))


def slices_as_values(x):
    s, idx = slice(1, None), (slice(None), 0)
    M = np.outer(x, x)
    return np.sum(x[s]) * np.sum(x[np.s_[::2]]) + np.sum(M[idx]) + M[np.index_exp[0, 1]]


case(slices_as_values, lambda r: (normal(r, 4),))


def _noise(rng, x):
    return x + rng.standard_normal()


def draws(x, seed):
    rng = np.random.default_rng(seed)
    s = x * 0.0
    for _ in range(3):
        s = s + x * rng.normal() + rng.uniform(0, 1, size=2).sum() * x
    n = 0
    while rng.random() < 0.7 and n < 5:
        x = x * rng.normal(1.0, 0.1)
        n += 1
    z = sum([x * rng.normal() for _ in range(3)])
    order = rng.permutation(4)
    return s * x + z * _noise(rng, x) * _noise(rng, x) + np.arange(4.0)[order][0] * x


case(draws, lambda r: (1.1, 5))


def legacy_draws(x):
    np.random.seed(7)
    return np.sum(np.random.randn(3) * x) * x + np.random.rand() * x + np.random.randint(3) * x


case(legacy_draws, lambda r: (1.1,))


def writes_in_a_context(x):
    u = x.copy()
    with np.errstate(all="ignore"):
        u[1:] *= x[0]
        u[1:] = np.log(x[1:]) * u[0]
        u[0] += u[2]
    return np.sum(u * u)


case(writes_in_a_context, lambda r: (positive(r, 3),))


def writes_in_a_handler(x):
    u = x.copy()
    for i in range(3):
        try:
            v = 1.0 / float(i)
        except ZeroDivisionError:
            u[i] = u[i] * x[1]
            continue
        u[i] = v * u[i - 1] * x[2]
        match i:
            case 1:
                u[0] = u[1] * x[0]
            case _:
                pass
    return np.sum(u * u)


case(writes_in_a_handler, lambda r: (normal(r, 3),))


def fallbacks_in_a_loop(x):
    u = np.zeros(3)
    for i in range(3):
        try:
            t = np.linalg.cholesky(np.eye(2) * (x[i] - 1.5))[0, 0]
        except np.linalg.LinAlgError:
            t = x[i]
        u[i] = t * x[0]
    return np.sum(u * u)


case(fallbacks_in_a_loop, lambda r: (np.array([1.1, 2.2, 3.3]),))


def writes_into_its_own(x):
    try:
        y = x * 3.0
        y[1:] += y[:-1]
        w = y[::2]
        w *= 2.0
        if y[0] < 0.0:
            raise ValueError
        return np.sum(y ** 2)
    except ValueError:
        return np.sum(x) + x[0] * x[1]


def writes_into_its_own_and_binds_it(x):
    try:
        y = x.copy()
        y[0] = y[1] ** 2
        math.sqrt(x[2])
    except ValueError:
        y = x * 2.0
    return np.sum(y * y)


case(writes_into_its_own, lambda r: (np.array([0.6, 0.9, 0.5]),), "typed")
case(
    writes_into_its_own,
    lambda r: (np.array([-0.6, 0.9, 0.5]),),
    "typed",
    name="writes_into_its_own_caught",
)
case(writes_into_its_own_and_binds_it, lambda r: (np.array([0.6, 0.9, 0.5]),))
case(
    writes_into_its_own_and_binds_it,
    lambda r: (np.array([0.6, 0.9, -0.5]),),
    name="writes_into_its_own_and_binds_it_caught",
)


def only_the_error_counts(x, y, s):
    p = x * s
    for k in range(3):
        try:
            math.sqrt(y[k])
        except ValueError:
            p = p * 2.0
        try:
            assert y[k] < 1.5
        except AssertionError:
            p = p + s
        p = np.sin(p)
    return np.sum(p**2)


case(
    only_the_error_counts,
    lambda r: (normal(r, 2), np.array([1.0, -1.0, 2.0]), 1.3),
    wrt=(0, 2),
)
