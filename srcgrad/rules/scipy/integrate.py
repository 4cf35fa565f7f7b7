"""``scipy.integrate``: integrals of samples, and of functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate, special

from srcgrad import runtime
from srcgrad.rules.classes import refuse, structural
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import linear, pull, share, zero

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


# An integral moves with its ends, and with what is integrated at every place in between.
def quad(func: Any, a: Any, b: Any, args: Any = (), full_output: Any = 0, **named: Any) -> Any:
    """Do what ``scipy.integrate.quad`` does."""
    if full_output or "weight" in named or "points" in named or "complex_func" in named:
        raise runtime.refused()
    value, error, lower, upper, beside, weights = runtime.quadrature(func, (a, b), args, named)
    left, right, total = runtime.finite(a), runtime.finite(b), 0.0
    for one, other, away, weight in zip(lower, upper, beside, weights):
        total = total + weight * func(one * left + other * right + away, *args)
    return runtime.agreed(value, runtime.span(a, b) * total), error


zero(runtime.quadrature)
linear(runtime.finite, lambda g, y, x: g)


@pull(runtime.span)
def _span(g: Any, y: Any, a: Any, b: Any) -> Any:
    owed = g if np.isfinite(a) and np.isfinite(b) else 0.0
    return -owed, owed


pull(runtime.agreed, lambda g, y, value, total: (0.0, g))

DEFINITIONS |= {integrate.quad: quad}


@pull(runtime.path)
def _path(
    g: Any,
    y: Any,
    raw: Any,
    function: Any,
    span: Any,
    y0: Any,
    args: Any,
    pullbacks: Any,
    times: Any,
    named: Any,
) -> Any:
    owed = runtime.first_order(g)
    back = runtime.path_back(owed, raw, function, y0, args, pullbacks, span[0], times, named)
    return None, None, None, back[0], back[1]


class Trajectory:
    """Read in the place of what ``solve_ivp`` returns."""

    def __init__(self, y: Any, raw: Any) -> None:
        self.y = y
        self.raw = raw

    @property
    def t(self) -> Any:
        return self.raw.t

    @property
    def success(self) -> Any:
        return self.raw.success

    @property
    def message(self) -> Any:
        return self.raw.message

    @property
    def status(self) -> Any:
        return self.raw.status

    @property
    def nfev(self) -> Any:
        return self.raw.nfev


def solve_ivp(
    fun: Any,
    t_span: Any,
    y0: Any,
    method: Any = "RK45",
    t_eval: Any = None,
    dense_output: Any = False,
    events: Any = None,
    vectorized: Any = False,
    args: Any = (),
    **options: Any,
) -> Any:
    """Do what ``scipy.integrate.solve_ivp`` does."""
    if dense_output or vectorized or events is not None or "jac" in options:
        raise runtime.refused()
    named = {"method": method, **options}
    start = (t_span, y0)
    raw = runtime.found(integrate.solve_ivp, fun, start, args, {"t_eval": t_eval, **named})
    return Trajectory(runtime.path(raw, fun, t_span, y0, args, None, t_eval, named), raw)


def odeint(
    func: Any,
    y0: Any,
    t: Any,
    args: Any = (),
    Dfun: Any = None,
    col_deriv: Any = 0,
    full_output: Any = 0,
    ml: Any = None,
    mu: Any = None,
    rtol: Any = None,
    atol: Any = None,
    **options: Any,
) -> Any:
    """Do what ``scipy.integrate.odeint`` does."""
    if full_output or Dfun is not None or "tfirst" in options:
        raise runtime.refused()
    named = {"rtol": rtol, "atol": atol}
    raw = runtime.found(integrate.odeint, func, (y0, t), args, {**named, **options})
    return runtime.path(raw, func, t, y0, args, None, t, named)


DEFINITIONS |= {integrate.solve_ivp: solve_ivp, integrate.odeint: odeint}

_OTHER = "where it looks is not to be seen from outside; use quad or fixed_quad"
_STEPS = "it goes on step by step; use solve_ivp"

refuse(
    "scipy.integrate",
    {
        "cubature dblquad tplquad nquad nsum qmc_quad quad_vec tanhsinh": _OTHER,
        "BDF DOP853 LSODA RK23 RK45 Radau DenseOutput OdeSolution OdeSolver": _STEPS,
        "ode complex_ode": _STEPS,
        "solve_bvp": "it finds its own mesh; write the boundary conditions for fsolve",
        "newton_cotes lebedev_rule": "its nodes and weights are constants",
    },
)
structural("scipy.integrate", {"IntegrationWarning ODEintWarning": "a warning"})
