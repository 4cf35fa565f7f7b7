"""Sums of outer products: many at once, and the same bits however many snapshots there are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import check_grad, grad, runtime


def network(W, V, h, xs):
    for x in xs:
        h = np.tanh(W @ h - x * 0.1)
        h = h - 0.01 * (V @ h)
    return np.sum(h * h)


def settling(W, h, turns):
    t = 0
    while t < turns:
        h = np.tanh(W @ h)
        if np.sum(h * h) > 50.0:
            break
        t += 1
    return np.sum(h * h)


def _numbers() -> tuple[Any, ...]:
    rng = np.random.default_rng(3)
    return (
        rng.normal(size=(3, 3)) / 2,
        rng.normal(size=(3, 3)),
        rng.normal(size=3),
        rng.normal(size=(150, 3)),
    )


def test_sums_go_over_blocks_of_pairs() -> None:
    rng = np.random.default_rng(4)
    us, vs = list(rng.normal(size=(150, 4))), list(rng.normal(size=(150, 5)))
    total = rng.normal(size=(4, 5))
    before = total.copy()
    wanted = total + sum(np.outer(u, v) for u, v in zip(us, vs, strict=True))
    whole = runtime.add_outers(total, us, vs)
    np.testing.assert_allclose(whole, wanted, rtol=1e-13)
    assert np.array_equal(total, before) and not np.shares_memory(whole, total)
    part, rest, more = total, [], []
    for at in (slice(0, 10), slice(10, 11), slice(11, 149), slice(149, 150)):
        part, rest, more = runtime.add_blocks(part, rest + us[at], more + vs[at])
        assert len(rest) == len(more) < 64
    assert np.array_equal(runtime.add_outers(part, rest, more), whole)


def test_nothing_is_added_of_no_pairs() -> None:
    total = np.ones((2, 3))
    assert np.array_equal(runtime.add_outers(total, [], []), total)


@pytest.mark.parametrize("snapshots", [1, 2, 7, "sqrt", 100])
def test_segments_add_up_to_the_same_bits(snapshots: Any) -> None:
    W, V, h, xs = _numbers()
    wanted = grad(network, wrt=(0, 1, 2))(W, V, h, xs)
    sparing = grad(network, wrt=(0, 1, 2), checkpoint=snapshots)
    assert "add_blocks(" in sparing.source_for(W, V, h, xs)
    for a, b in zip(wanted, sparing(W, V, h, xs), strict=True):
        assert a.tobytes() == b.tobytes()
    wanted = grad(settling, wrt=(0, 1))(W, h, 140)
    found = grad(settling, wrt=(0, 1), checkpoint=snapshots)(W, h, 140)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(wanted, found, strict=True))


def test_gradients_of_sums_of_outer_products() -> None:
    W, V, h, xs = _numbers()
    check_grad(network, W, V, h, xs[:70], wrt=(0, 1, 2))
    once, sparing = grad(network), grad(network, checkpoint=5)

    def length(W, V, h, xs):
        return np.sum(once(W, V, h, xs) ** 2)

    def length_sparing(W, V, h, xs):
        return np.sum(sparing(W, V, h, xs) ** 2)

    check_grad(length, W, V, h, xs[:70])
    assert np.array_equal(grad(length)(W, V, h, xs), grad(length_sparing)(W, V, h, xs))
