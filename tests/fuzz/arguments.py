"""Arguments of random programs, by the names of their parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

INACTIVE = frozenset({"n"})


def arguments(function: Callable[..., Any], seed: int) -> tuple[Any, ...]:
    """Return arguments for a program; the sizes of its arrays are among its globals."""
    n, m = function.__globals__.get("SIZES", (4, 3))
    r = np.random.default_rng(seed)

    def number() -> float:
        return float(r.uniform(-0.9, 1.4))

    def array(*shape: int) -> Any:
        return r.uniform(-0.9, 1.4, shape)

    known: dict[str, Any] = {
        "x": number(), "v": array(3),
        "d": {"a": number(), "b": array(3), "c": [number(), number()]},
        "xs": [number(), number(), number()], "n": int(r.integers(0, 4)),
        "p": array(n), "q": array(n), "r": array(m), "A": array(m, n), "B": array(m, n),
        "S": array(n, n), "s": number(), "t": number(), "D": {"a": array(n), "b": array(n)},
        "L": [array(n), array(n)],
    }  # fmt: skip
    if "Weights" in function.__globals__:
        known["m"] = function.__globals__["Weights"](array(n), number())
    return tuple(known[name] for name in inspect.signature(function).parameters)


def active(function: Callable[..., Any]) -> tuple[int, ...]:
    """Return the positions of the parameters to differentiate with respect to."""
    names = inspect.signature(function).parameters
    return tuple(i for i, name in enumerate(names) if name not in INACTIVE)
