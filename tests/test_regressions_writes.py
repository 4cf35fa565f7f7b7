"""Programs that write into arrays and that once went wrong; most were found by random programs.

Parameters have the names and sizes that `tests.fuzz.arguments` knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.fuzz.judge import verdict_of

SIZES = (4, 3)
CASES: list[Callable[..., Any]] = []


def right(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function be one whose gradient is checked."""
    CASES.append(function)
    return function


def _damped(v: Any, c: Any) -> Any:
    v *= c
    return v


@right
def augmented_by_a_helper_whose_result_nobody_reads(p, s):
    _damped(p, s)
    return p.sum()


@right
def part_of_a_cotangent_that_was_broadcast(p, s):
    p[::1] = p
    return np.sum(p)


@right
def written_under_two_names_where_one_arm_returned(p, q, s):
    u = p
    if s > 0:
        p -= q
    elif s > -0.3:
        return 0.5 * s
    u[1] = 0.5
    return p.sum()


@right
def alias_bound_in_one_arm_that_writes(p, s, n):
    u = p
    for i in range(2):
        if n > 2:
            u[:], v = s, p
        else:
            p *= 0.7
    return p.sum()


@right
def item_of_a_cotangent_that_was_broadcast(q, s):
    u = q[3]
    return u * s + np.sum(np.stack([q]))


@right
def view_made_in_an_arm_that_did_not_return(p, q, s, t):
    u = p
    if s > 0:
        if t > 1:
            p[1] -= q[0]
            return 1.3 * p.sum()
        v = u[1:]
        v[0] *= s
    return np.sum(p)


@right
def view_made_inside_of_a_context(p, s):
    u = p.copy()
    with np.errstate(all="ignore"):
        w = u[1:]
        v = w[:2]
        both = (v, u)
    v[0] = s
    both[0][1] += s
    return np.sum(u) + np.sum(w * v[0])


@right
def dict_of_arrays_written_in_a_loop(p, s, n):
    u = p * s
    c = {"a": p.copy(), "b": np.clip(p, -0.9, 0.9)}
    for i in range(len(u)):
        u[i] = u[(i + 1) % 3]
        c["b"][u < s] = u[n % 3]
    return np.sum(p) + np.sin(u).sum() + np.sum(c["b"] * c["a"])


@right
def containers_of_arrays_walked_through_and_written(p, q, s):
    c = {"a": p, "b": q}
    x = 0.0
    for k, row in c.items():
        row *= s
        x += row[0] * len(k)
    for i, row in enumerate([p, q]):
        row[i] += s
    for row in c.values():
        row[1:] *= row[0]
    for a, b in zip([p, q], [q, p]):
        a[0] = np.sin(b[1]) + a[1]
    for k in c:
        c[k][1] *= s
    return np.sum(p * q) + x


@right
def bound_anew_where_another_arm_returned(p, q, s):
    u = p
    if s > 0.5:
        pass
    else:
        if not s > 0.6:
            return 0.5 * s
        u = np.where(u > 0, p, s)
    u[1] += s
    return np.sum(u * u)


def _many(*terms, **named):
    s = 0
    for term in terms:
        s = s + term
    return s


@right
def result_of_an_arm_handed_on_where_it_is_unbound(x, v, d, xs, n):
    a, c = x, xs[0]
    if c:
        if a:
            pass
        elif c > 0.2:
            return _many(a, len(list(nobody.values())))  # noqa: F821
        pass
    else:
        pass
    return a


def _damped_between(v, s):
    if 0 < s and s > 0.2:
        w = v
        w[0] *= 0.7


@right
def chain_of_comparisons_that_is_asked_again(t, q):
    _damped_between(q, np.sin(t))
    return np.sum(q)


@right
def array_of_a_list_that_is_read_in_a_loop(p, q, s, n):
    xs = []
    for i in range(4):
        xs.append(p[i] * s)
    u = np.array(xs)
    for i in range(len(q)):
        p[1] = u[n] * q[i]
    return np.sum(p)


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_right(function: Callable[..., Any]) -> None:
    found = verdict_of(function, (1, 2, 3), twice=True)
    assert found.kind == "right", found
