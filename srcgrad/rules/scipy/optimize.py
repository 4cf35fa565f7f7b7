"""``scipy.optimize``: roots and minima, by the theorem on implicit functions.

A root ``x`` of ``f(x, p)`` moves with ``p`` as ``-(df/dp) / (df/dx)``; where it began to look, and
how exactly it was found, does not matter.  A minimum is a root of the gradient.  What is found is
taken to be exact: the derivative is as exact as the solution.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from srcgrad import runtime
from srcgrad.rules.classes import refuse, structural
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import pull, zero

zero(optimize.linear_sum_assignment)


@pull(runtime.at_root)
def _at_root(g: Any, y: Any, x: Any, value: Any, slope: Any) -> Any:
    return None, runtime.first_order(-g / slope)


@pull(runtime.at_solution)
def _at_solution(g: Any, y: Any, x: Any, value: Any, slopes: Any) -> Any:
    return None, runtime.first_order(-np.linalg.solve(np.transpose(slopes), g))


class Result:
    """Read in the place of what SciPy returns of a search."""

    def __init__(self, x: Any, fun: Any, raw: Any) -> None:
        self.x = x
        self.fun = fun
        self.raw = raw

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


class Root:
    """Read in the place of what ``root_scalar`` returns."""

    def __init__(self, root: Any, raw: Any) -> None:
        self.root = root
        self.raw = raw

    @property
    def converged(self) -> Any:
        return self.raw.converged

    @property
    def iterations(self) -> Any:
        return self.raw.iterations


def zero_of(solver: Any, f: Any, start: Any, args: Any, named: Any) -> Any:
    """Return the root that a solver for one unknown finds."""
    if "full_output" in named or "fprime" in named or "fprime2" in named:
        raise runtime.refused()
    x = runtime.found(solver, f, start, args, named)
    return runtime.at_root(x, f(x, *args), runtime.pulled(f, 1.0, x, args))


def brentq(f: Any, a: Any, b: Any, args: Any = (), **named: Any) -> Any:
    """Do what ``scipy.optimize.brentq`` does."""
    return zero_of(optimize.brentq, f, (a, b), args, named)


def brenth(f: Any, a: Any, b: Any, args: Any = (), **named: Any) -> Any:
    """Do what ``scipy.optimize.brenth`` does."""
    return zero_of(optimize.brenth, f, (a, b), args, named)


def ridder(f: Any, a: Any, b: Any, args: Any = (), **named: Any) -> Any:
    """Do what ``scipy.optimize.ridder`` does."""
    return zero_of(optimize.ridder, f, (a, b), args, named)


def bisect(f: Any, a: Any, b: Any, args: Any = (), **named: Any) -> Any:
    """Do what ``scipy.optimize.bisect`` does."""
    return zero_of(optimize.bisect, f, (a, b), args, named)


def toms748(f: Any, a: Any, b: Any, args: Any = (), **named: Any) -> Any:
    """Do what ``scipy.optimize.toms748`` does."""
    return zero_of(optimize.toms748, f, (a, b), args, named)


def newton(func: Any, x0: Any, args: Any = (), **named: Any) -> Any:
    """Do what ``scipy.optimize.newton`` does."""
    if np.ndim(x0) > 0:
        raise runtime.refused()
    return zero_of(optimize.newton, func, (x0,), args, named)


def root_scalar(f: Any, args: Any = (), **named: Any) -> Any:
    """Do what ``scipy.optimize.root_scalar`` does."""
    if "fprime" in named or "fprime2" in named:
        raise runtime.refused()
    raw = runtime.found(optimize.root_scalar, f, (), args, named)
    x = raw.root
    return Root(runtime.at_root(x, f(x, *args), runtime.pulled(f, 1.0, x, args)), raw)


def fixed_point(func: Any, x0: Any, args: Any = (), **named: Any) -> Any:
    """Do what ``scipy.optimize.fixed_point`` does."""
    if np.ndim(x0) > 0:
        raise runtime.refused()
    x = runtime.found(optimize.fixed_point, func, (x0,), args, named)
    slope = runtime.pulled(func, 1.0, x, args) - 1.0
    return runtime.at_root(x, func(x, *args) - x, slope)


def system_at(fun: Any, x: Any, args: Any) -> Any:
    """Return the solution of a system of equations, which moves with what they are given."""
    rows = [runtime.pulled(fun, row, x, args) for row in np.eye(np.size(x))]
    return runtime.at_solution(x, np.asarray(fun(x, *args)), np.stack(rows))


def root(fun: Any, x0: Any, args: Any = (), method: Any = "hybr", **named: Any) -> Any:
    """Do what ``scipy.optimize.root`` does."""
    if "jac" in named:
        raise runtime.refused()
    raw = runtime.found(optimize.root, fun, (x0,), args, {"method": method, **named})
    x = system_at(fun, runtime.found_at(raw, x0), args)
    return Result(x, raw.fun, raw)


def fsolve(func: Any, x0: Any, args: Any = (), **named: Any) -> Any:
    """Do what ``scipy.optimize.fsolve`` does."""
    if "full_output" in named or "fprime" in named:
        raise runtime.refused()
    return system_at(func, runtime.found(optimize.fsolve, func, (x0,), args, named), args)


def minimize(
    fun: Any,
    x0: Any,
    args: Any = (),
    method: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    **named: Any,
) -> Any:
    """Do what ``scipy.optimize.minimize`` does, without bounds and constraints."""
    if bounds is not None or len(constraints) > 0 or "jac" in named or "hess" in named:
        raise runtime.refused()
    raw = runtime.found(optimize.minimize, fun, (x0,), args, {"method": method, **named})
    x = runtime.found_at(raw, x0)
    slope = runtime.pulled(fun, 1.0, x, args)
    rows = [runtime.bent(fun, row, x, args) for row in np.eye(np.size(x))]
    least = runtime.at_solution(x, slope, np.stack(rows))
    return Result(least, fun(least, *args), raw)


def minimize_scalar(fun: Any, bracket: Any = None, bounds: Any = None, args: Any = (),
                    **named: Any) -> Any:  # fmt: skip
    """Do what ``scipy.optimize.minimize_scalar`` does, without bounds."""
    if bounds is not None:
        raise runtime.refused()
    raw = runtime.found(optimize.minimize_scalar, fun, (bracket,), args, named)
    x = raw.x
    slope, bend = runtime.pulled(fun, 1.0, x, args), runtime.bent(fun, 1.0, x, args)
    least = runtime.at_root(x, slope, bend)
    return Result(least, fun(least, *args), raw)


def least_squares(
    fun: Any, x0: Any, *, args: Any = (), bounds: Any = None, loss: Any = "linear", **named: Any
) -> Any:
    """Do what ``scipy.optimize.least_squares`` does, without bounds."""
    if bounds is not None or loss != "linear" or "jac" in named:
        raise runtime.refused()
    raw = runtime.found(optimize.least_squares, fun, (x0,), args, named)
    x = runtime.found_at(raw, x0)
    slope = runtime.square_pulled(fun, 1.0, x, args)
    rows = [runtime.square_bent(fun, row, x, args) for row in np.eye(np.size(x))]
    least = runtime.at_solution(x, slope, np.stack(rows))
    return Result(least, fun(least, *args), raw)


def rosen(x: Any) -> Any:
    """Do what ``scipy.optimize.rosen`` does."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1.0 - x[:-1]) ** 2.0, axis=0)


DEFINITIONS |= {
    optimize.rosen: rosen,
    optimize.brentq: brentq,
    optimize.brenth: brenth,
    optimize.ridder: ridder,
    optimize.bisect: bisect,
    optimize.toms748: toms748,
    optimize.newton: newton,
    optimize.root_scalar: root_scalar,
    optimize.fixed_point: fixed_point,
    optimize.root: root,
    optimize.fsolve: fsolve,
    optimize.minimize: minimize,
    optimize.minimize_scalar: minimize_scalar,
    optimize.least_squares: least_squares,
}

_MINIMUM = "use minimize, whose result has a derivative in args"
_EQUATION = "use root or fsolve, whose result has a derivative in args"
_GLOBAL = "its minimum may jump from one valley to another; use minimize from where it is"
_EDGE = "its solution lies on an edge, and jumps or moves with what is active there"
_FIT = "use least_squares with the samples in args"

refuse(
    "scipy.optimize",
    {
        "brent golden fminbound bracket fmin fmin_bfgs fmin_cg fmin_powell fmin_ncg": _MINIMUM,
        "fmin_l_bfgs_b fmin_tnc fmin_cobyla fmin_slsqp line_search": _MINIMUM,
        "anderson broyden1 broyden2 diagbroyden excitingmixing linearmixing": _EQUATION,
        "newton_krylov": _EQUATION,
        "basinhopping brute differential_evolution direct dual_annealing shgo": _GLOBAL,
        "linprog lsq_linear milp nnls isotonic_regression quadratic_assignment": _EDGE,
        "curve_fit leastsq": _FIT,
        "approx_fprime check_grad": "it takes differences; use srcgrad.grad",
        "rosen_der rosen_hess rosen_hess_prod": "use srcgrad.grad of rosen",
        "BFGS SR1 BroydenFirst HessianUpdateStrategy InverseJacobian KrylovJacobian": _MINIMUM,
        "LbfgsInvHessProduct": _MINIMUM,
    },
)
structural(
    "scipy.optimize",
    {
        "Bounds LinearConstraint NonlinearConstraint OptimizeResult RootResults": "a type",
        "NoConvergence OptimizeWarning": "an exception",
        "show_options linprog_verbose_callback": "about SciPy",
    },
)
