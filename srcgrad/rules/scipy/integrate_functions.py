"""``scipy.integrate``: integrals of functions, and differential equations."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate

from srcgrad import runtime
from srcgrad.rules.classes import refuse, structural
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import linear, pull, zero


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
