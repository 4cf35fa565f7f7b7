"""Solutions of differential equations, and what they are owed: by the equation turned round.

Backwards along a solution, what is owed to it follows a linear equation of its own, and what is
owed to the parameters is an integral along the way.  Both are solved as SciPy solved the first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_RTOL, _ATOL = 1e-6, 1e-9
"""The way back is at least so exact."""


def path(
    raw: Any,
    function: Callable[..., Any],
    span: Any,
    y0: Any,
    args: tuple[Any, ...],
    pullbacks: Any,
    times: Any,
    named: dict[str, Any],
) -> Any:
    """Return the values in what ``solve_ivp`` or ``odeint`` returned.

    Parameters
    ----------
    raw : object
        What it returned: of ``odeint``, with the time along the first axis.
    function : callable
        The right-hand side: of time and state, or for ``odeint`` of state and time.
    span, y0, args, times, named
        As given to it.
    pullbacks : callable
        ``pullbacks(wrt)`` gives the gradient of ``sum(g * function(*, *, *args))``, as a function
        of the function, ``g``, and its arguments.
    """
    return raw.y if hasattr(raw, "y") else raw


def path_back(
    g: Any, raw: Any, function: Any, y0: Any, args: tuple[Any, ...], pullbacks: Any, start: Any,
    times: Any, named: dict[str, Any],
) -> tuple[Any, Any]:  # fmt: skip
    """Return the cotangents of ``y0`` and of ``args`` from that of `path`."""
    of_time = hasattr(raw, "y")
    grid = np.asarray(raw.t if of_time else times, float)
    values, owed = (raw.y.T, np.asarray(g).T) if of_time else (raw, np.asarray(g))
    moving = [i for i, arg in enumerate(args) if _is_float(arg)]
    pull = pullbacks((3 if of_time else 2, *(4 + i for i in moving)))
    sizes = [values.shape[1], *(np.size(args[i]) for i in moving)]

    def slope(t: float, state: Any) -> Any:
        y, a = state[: sizes[0]], state[sizes[0] : 2 * sizes[0]]
        place = (t, y) if of_time else (y, t)
        parts = pull(function, a, *place, *args)
        back = [np.ravel(part) for part in parts]
        return np.concatenate([np.ravel(function(*place, *args)), *(-part for part in back)])

    ends = [float(start), *grid] if grid[0] != start else list(grid)
    a, rest = np.zeros(sizes[0]), np.zeros(sum(sizes[1:]))
    for k in range(len(grid) - 1, -1, -1):
        a = a + owed[k]
        before = ends[k + len(ends) - len(grid) - 1] if k or len(ends) > len(grid) else grid[0]
        if before != grid[k]:
            a, rest = _across(slope, grid[k], before, values[k], a, rest, named)
    cuts = np.cumsum(sizes[1:])[:-1]
    found: list[Any] = [0.0] * len(args)
    for i, part in zip(moving, np.split(rest, cuts) if moving else [], strict=True):
        found[i] = part.reshape(np.shape(args[i])) if np.ndim(args[i]) else float(part[0])
    return a.reshape(np.shape(y0)), tuple(found)


def _across(
    slope: Any, t: float, before: float, y: Any, a: Any, rest: Any, named: dict[str, Any]
) -> tuple[Any, Any]:
    from scipy.integrate import solve_ivp

    rtol, atol = named.get("rtol"), named.get("atol")
    done = solve_ivp(
        slope,
        (t, before),
        np.concatenate([y, a, rest]),
        named.get("method", "LSODA"),
        rtol=_RTOL if rtol is None else min(np.min(rtol), _RTOL),
        atol=_ATOL if atol is None else min(np.min(atol), _ATOL),
    )
    end = done.y[:, -1]
    return end[len(y) : 2 * len(y)], end[2 * len(y) :]


def _is_float(value: Any) -> bool:
    if isinstance(value, (np.ndarray, np.generic)):
        return bool(value.dtype.kind == "f")
    return isinstance(value, float)


vars(path)["__srcgrad_callback__"] = (1, 4)
vars(path)["__srcgrad_pullbacks__"] = 5
