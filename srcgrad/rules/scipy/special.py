"""``scipy.special``: logistic, exponential and logarithmic functions, entropies, losses, sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from srcgrad import runtime
from srcgrad.rules.scipy import (  # noqa: F401  read with this one
    special_bessel,
    special_complex,
    special_elliptic,
    special_errors,
    special_gamma,
    special_hypergeometric,
    special_names,
    special_polynomials,
    special_probability,
)
from srcgrad.rules.table import elementwise, pull, push

# Both factors: where one of them is nearly 1, it says nothing of how far.
elementwise(special.expit, lambda y, x: y * special.expit(-x))
elementwise(special.logit, lambda y, x: 1.0 / (x * (1.0 - x)))
elementwise(special.log_expit, lambda y, x: special.expit(-x))
if hasattr(special, "softplus"):
    elementwise(special.softplus, lambda y, x: special.expit(x))

elementwise(special.exp2, lambda y, x: 0.6931471805599453 * y)
elementwise(special.exp10, lambda y, x: 2.302585092994046 * y)
elementwise(special.expm1, lambda y, x: np.exp(x))
elementwise(special.exprel, lambda y, x: 0.5 * special.hyp1f1(2.0, 3.0, x))
elementwise(special.log1p, lambda y, x: 1.0 / (1.0 + x))
elementwise(special.cbrt, lambda y, x: 1.0 / (3.0 * y * y))
elementwise(special.cosm1, lambda y, x: -np.sin(x))
elementwise(special.sindg, lambda y, x: 0.017453292519943295 * special.cosdg(x))
elementwise(special.cosdg, lambda y, x: -0.017453292519943295 * special.sindg(x))
elementwise(special.tandg, lambda y, x: 0.017453292519943295 * (1.0 + y * y))
elementwise(special.cotdg, lambda y, x: -0.017453292519943295 * (1.0 + y * y))
elementwise(special.wrightomega, lambda y, x: y / (1.0 + y))


# The conversion of degrees, minutes and seconds.
elementwise(
    special.radian,
    lambda y, d, m, s: (0.017453292519943295, 0.0002908882086657216, 4.84813681109536e-06),
)


@elementwise(special.powm1)
def _powm1(z: Any, x: Any, y: Any) -> Any:
    return y * np.power(x, y - 1.0), special.xlogy(np.power(x, y), x)


# Of x = 0 the result is 0, whatever y is.
@elementwise(special.xlogy)
def _xlogy(z: Any, x: Any, y: Any) -> Any:
    nought = x == 0
    return np.log(y), np.where(nought, 0.0, x / np.where(nought, 1.0, y))


@elementwise(special.xlog1py)
def _xlog1py(z: Any, x: Any, y: Any) -> Any:
    nought = x == 0
    return np.log1p(y), np.where(nought, 0.0, x / np.where(nought, 1.0, 1.0 + y))


# At 0 the slopes in x are infinite, as they are.
elementwise(special.entr, lambda y, x: -np.log(x) - 1.0)
elementwise(special.rel_entr, lambda z, x, y: (np.log(x / y) + 1.0, -x / y))
elementwise(special.kl_div, lambda z, x, y: (np.log(x / y), 1.0 - x / y))


@elementwise(special.huber)
def _huber(y: Any, delta: Any, r: Any) -> Any:
    return np.maximum(np.abs(r) - delta, 0.0), np.clip(r, -delta, delta)


@elementwise(special.pseudo_huber)
def _pseudo_huber(y: Any, delta: Any, r: Any) -> Any:
    ratio = r / delta
    root = np.hypot(1.0, ratio)
    rise = ratio / (1.0 + root) * ratio
    return delta * rise / root * rise, r / root


# Of the transform (x ** l - 1) / l with l near 0, too.
@elementwise(special.boxcox)
def _boxcox(y: Any, x: Any, l: Any) -> Any:  # noqa: E741
    log = np.log(x)
    return np.power(x, l - 1.0), 0.5 * log * log * special.hyp1f1(2.0, 3.0, l * log)


@elementwise(special.boxcox1p)
def _boxcox1p(y: Any, x: Any, l: Any) -> Any:  # noqa: E741
    log = np.log1p(x)
    return np.exp((l - 1.0) * log), 0.5 * log * log * special.hyp1f1(2.0, 3.0, l * log)


@elementwise(special.inv_boxcox)
def _inv_boxcox(x: Any, y: Any, l: Any) -> Any:  # noqa: E741
    slope = 0.5 * y * y * special.hyp2f1(2.0, 2.0, 3.0, -l * y)
    return x / (1.0 + l * y), -x * slope


@elementwise(special.inv_boxcox1p)
def _inv_boxcox1p(x: Any, y: Any, l: Any) -> Any:  # noqa: E741
    slope = 0.5 * y * y * special.hyp2f1(2.0, 2.0, 3.0, -l * y)
    return (x + 1.0) / (1.0 + l * y), -(x + 1.0) * slope


@elementwise(special.diric)
def _diric(y: Any, x: Any, n: Any) -> Any:
    """Near the whole turns by its series, since the two terms of the formula are large there."""
    half = 0.5 * x
    turns = np.round(half / np.pi)
    off = half - np.pi * turns
    near = np.abs(n * off) < 0.02
    sign = 1.0 - 2.0 * np.mod(turns * (n - 1), 2)
    square = off * off
    tail = (3.0 * n**2 - 7.0) / 30.0 * square
    close = -sign * (n**2 - 1.0) / 6.0 * off * (1.0 - tail)
    sine = np.where(near, 1.0, np.sin(half))
    return np.where(near, close, 0.5 * (np.cos(n * half) - y * np.cos(half)) / sine), None


@pull(special.logsumexp)
def _logsumexp(
    g: Any,
    y: Any,
    a: Any,
    axis: Any = None,
    b: Any = None,
    keepdims: Any = False,
    return_sign: Any = False,
) -> Any:
    total, cot = (y[0], g[0]) if return_sign else (y, g)
    if axis is not None and not keepdims:
        total, cot = np.expand_dims(total, axis), np.expand_dims(cot, axis)
    # Divided by their sum, the shares are exact also where the result is large and has lost it.
    part = np.exp(a - np.where(np.isfinite(total), total, 0.0))
    terms = part if b is None else b * part
    whole = np.sum(terms) if axis is None else np.sum(terms, axis=axis, keepdims=True)
    share = part * (cot / np.where(whole == 0, 1.0, whole))
    if b is None:
        return share, None, None
    return runtime.unbroadcast(b * share, a), None, runtime.unbroadcast(share, b)


@pull(special.softmax)
def _softmax(g: Any, y: Any, x: Any, axis: Any = None) -> Any:
    part = g * y
    return part - y * np.sum(part, axis=axis, keepdims=True)


@push(special.softmax)
def _softmax_push(t: Any, y: Any, x: Any, axis: Any = None) -> Any:
    part = t * y
    return part - y * np.sum(part, axis=axis, keepdims=True)


@pull(special.log_softmax)
def _log_softmax(g: Any, y: Any, x: Any, axis: Any = None) -> Any:
    return g - np.exp(y) * np.sum(g, axis=axis, keepdims=True)


@push(special.log_softmax)
def _log_softmax_push(t: Any, y: Any, x: Any, axis: Any = None) -> Any:
    return t - np.sum(np.exp(y) * t, axis=axis, keepdims=True)
