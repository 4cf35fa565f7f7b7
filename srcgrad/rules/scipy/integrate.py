"""``scipy.integrate``: integrals of samples, and of functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate, special

from srcgrad import runtime
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import pull, share, zero

share(np.trapezoid, integrate.trapezoid)


def samples(y: Any, axis: Any) -> Any:
    """Return samples with their axis at the end."""
    return y if np.ndim(y) == 1 else np.moveaxis(y, axis, -1)


def spacing(x: Any, dx: Any, axis: Any) -> Any:
    """Return how far samples are apart, along the last axis."""
    if x is None:
        return dx
    return np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))


def running_trapezoid(
    y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1, initial: Any = None
) -> Any:
    """Do what ``scipy.integrate.cumulative_trapezoid`` does."""
    if np.ndim(dx) > 0:
        raise runtime.refused()
    rows = samples(y, axis)
    parts = np.cumsum(spacing(x, dx, axis) * (rows[..., 1:] + rows[..., :-1]) / 2.0, axis=-1)
    if initial is not None:
        parts = np.concatenate([np.zeros_like(parts[..., :1]), parts], axis=-1)
    return parts if np.ndim(y) == 1 else np.moveaxis(parts, -1, axis)


@pull(integrate.simpson)
def _simpson(g: Any, z: Any, y: Any, x: Any = None, *, dx: Any = 1.0, axis: Any = -1) -> Any:
    rows, h = samples(y, axis), spacing(x, dx, axis)
    owed = g if np.ndim(y) == 1 else np.expand_dims(g, -1)
    to_y = owed * runtime.simpson_weights(rows, h)
    to_y = to_y if np.ndim(y) == 1 else np.moveaxis(to_y, -1, axis)
    if x is None:
        return to_y, None, np.sum(g * z) / dx, None
    steps = owed * runtime.simpson_spacing(rows, h)
    if np.ndim(y) == 1:
        return to_y, np.pad(steps, (1, 0)) - np.pad(steps, (0, 1)), None, None
    ends = [(0, 0)] * (np.ndim(y) - 1)
    to_x = np.pad(steps, [*ends, (1, 0)]) - np.pad(steps, [*ends, (0, 1)])
    if np.ndim(x) == 1:
        return to_y, runtime.unbroadcast(to_x, x), None, None
    return to_y, np.moveaxis(to_x, -1, axis), None, None


@pull(runtime.simpson_weights)
def _simpson_weights(g: Any, w: Any, y: Any, h: Any) -> Any:
    steps = runtime.simpson_spacing(g, h)
    return runtime.zeros_like(y), np.sum(steps) if np.ndim(h) == 0 else steps


def thirds(f: Any, h: Any) -> Any:
    """Return the integrals of parabolas through three samples, over the first of two steps."""
    a, b = h[..., :-1], h[..., 1:]
    c = a / (a + b)
    d = a / b
    return (
        a / 6.0 * ((3.0 - c) * f[..., :-2] + (3.0 + c * d + c) * f[..., 1:-1] - c * d * f[..., 2:])
    )


def running_parabolas(
    y: Any, *, x: Any = None, dx: Any = 1.0, axis: Any = -1, initial: Any = None
) -> Any:
    """Do what ``scipy.integrate.cumulative_simpson`` does."""
    if np.ndim(dx) > 0 or (initial is not None and np.ndim(initial) > 0):
        raise runtime.refused()
    rows = samples(y, axis)
    n = np.shape(rows)[-1]
    h = spacing(x, dx, axis) * np.ones_like(rows[..., 1:])
    if n < 3:
        parts = np.cumsum(h * (rows[..., 1:] + rows[..., :-1]) / 2.0, axis=-1)
    else:
        ahead = thirds(rows, h)
        behind = np.flip(thirds(np.flip(rows, -1), np.flip(h, -1)), -1)
        steps = np.zeros_like(rows[..., 1:])
        steps[..., :-1:2] = ahead[..., ::2]
        steps[..., 1::2] = behind[..., ::2]
        steps[..., -1] = behind[..., -1]
        parts = np.cumsum(steps, axis=-1)
    if initial is not None:
        start = initial * np.ones_like(parts[..., :1])
        parts = np.concatenate([start, parts + initial], axis=-1)
    return parts if np.ndim(y) == 1 else np.moveaxis(parts, -1, axis)


def romberg(y: Any, dx: Any = 1.0, axis: Any = -1, show: Any = False) -> Any:
    """Do what ``scipy.integrate.romb`` does."""
    rows = samples(y, axis)
    return dx * (rows @ runtime.romb_weights(rows))


def few_nodes(func: Any, a: Any, b: Any, args: Any = (), n: Any = 5) -> Any:
    """Do what ``scipy.integrate.fixed_quad`` does."""
    x, w = special.roots_legendre(n)
    values = func((b - a) * (x + 1.0) / 2.0 + a, *args)
    return (b - a) / 2.0 * np.sum(w * values, axis=-1), None


DEFINITIONS |= {
    integrate.cumulative_trapezoid: running_trapezoid,
    integrate.cumulative_simpson: running_parabolas,
    integrate.romb: romberg,
    integrate.fixed_quad: few_nodes,
}

zero(runtime.romb_weights)

import srcgrad.rules.scipy.integrate_functions  # noqa: E402, F401
