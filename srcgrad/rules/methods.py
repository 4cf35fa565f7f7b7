"""Methods and attributes of arrays and containers: the rules of the functions of their name."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.program.ops import PLAIN, attribute, method
from srcgrad.rules.table import elementwise, linear, pull, share, zero

for inplace, plain in PLAIN.items():
    share(plain, inplace)

for name in (
    "sum",
    "mean",
    "prod",
    "max",
    "min",
    "var",
    "std",
    "cumsum",
    "cumprod",
    "dot",
    "reshape",
    "ravel",
    "swapaxes",
    "squeeze",
    "diagonal",
    "trace",
    "repeat",
    "take",
    "clip",
):
    share(getattr(np, name), method(name))

share(np.ravel, method("flatten"))
linear(method("copy"), lambda g, y, x, order="C": g)
linear(method("tolist"), lambda g, y, x: np.asarray(g))
linear(method("conj"), lambda g, y, x: g)
linear(method("conjugate"), lambda g, y, x: g)
linear(method("view"), lambda g, y, x: g)
linear(method("to_device"), lambda g, y, x, device, stream=None: g)
linear(attribute("flat"), lambda g, y, x: np.reshape(np.asarray(g), np.shape(x)))
linear(attribute("T"), lambda g, y, x: np.transpose(g))
linear(attribute("mT"), lambda g, y, x: np.swapaxes(g, -1, -2))
linear(attribute("real"), lambda g, y, x: g)


# Of real numbers; what is complex is not differentiated.
@pull(np.imag)
def _imag(g: Any, y: Any, x: Any) -> Any:
    if np.iscomplexobj(x):
        raise runtime.refused()
    return runtime.zeros_like(x)


@pull(np.angle)
def _angle(g: Any, y: Any, x: Any, deg: Any = False) -> Any:
    if np.iscomplexobj(x):
        raise runtime.refused()
    return runtime.zeros_like(x)


share(np.imag, attribute("imag"))


@linear(method("item"))
def _item(g: Any, y: Any, x: Any, *index: Any) -> Any:
    if len(index) == 0:
        return np.reshape(g, np.shape(x))
    if len(index) == 1 and np.ndim(index[0]) == 0:  # counted along the rows
        return np.reshape(runtime.put_add(np.zeros(np.size(x)), index[0], g), np.shape(x))
    return runtime.put_add(runtime.zeros_like(x), index[0] if len(index) == 1 else index, g)


@linear(method("transpose"))
def _transpose(g: Any, y: Any, x: Any, *axes: Any) -> Any:
    if len(axes) == 0 or axes[0] is None:
        return np.transpose(g)
    order = axes[0] if len(axes) == 1 else axes
    if isinstance(order, int):
        return g
    return np.moveaxis(g, range(np.ndim(g)), order)


@linear(method("astype"))
def _astype(g: Any, y: Any, x: Any, dtype: Any, **options: Any) -> Any:
    if np.issubdtype(dtype, np.inexact):
        return g
    return runtime.zeros_like(x)


@pull(method("get"))
def _get(g: Any, y: Any, x: Any, key: Any, default: Any = None) -> Any:
    if key in x:
        return runtime.put_add(runtime.zeros_like(x), key, g), runtime.zeros_like(default)
    return runtime.zeros_like(x), g


zero(*(attribute(name) for name in ("shape", "ndim", "size", "dtype", "nbytes", "itemsize")))
zero(*(attribute(name) for name in ("device", "flags", "strides")))
zero(*(method(name) for name in ("argmax", "argmin", "argsort", "round", "all", "any")))
zero(*(method(name) for name in ("nonzero", "searchsorted", "keys", "index", "count")))
zero(*(method(name) for name in ("startswith", "endswith", "format", "join", "lower", "upper")))

elementwise(
    method("normal"),
    lambda z, rng, loc=0.0, scale=1.0, size=None: (None, 1.0, (z - loc) / scale),
)
elementwise(
    method("uniform"),
    lambda z, rng, low=0.0, high=1.0, size=None: (
        None,
        (high - z) / (high - low),
        (z - low) / (high - low),
    ),
)
