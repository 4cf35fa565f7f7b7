"""Summaries of samples, read by their formulas: means, moments, scores, transforms."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special, stats

from srcgrad import runtime
from srcgrad.rules.functionals import DEFINITIONS


def plain(nan_policy: Any) -> None:
    """Refuse to leave out NaN, or to look for it."""
    if nan_policy != "propagate":
        raise runtime.refused()


def count(x: Any, axis: Any) -> Any:
    """Return how many numbers each result is made of."""
    return np.size(x) if axis is None else np.shape(x)[axis]


def zscore(a: Any, axis: Any = 0, ddof: Any = 0, nan_policy: Any = "propagate") -> Any:
    return zmap(a, a, axis, ddof, nan_policy)


def zmap(
    scores: Any, compare: Any, axis: Any = 0, ddof: Any = 0, nan_policy: Any = "propagate"
) -> Any:
    plain(nan_policy)
    known = runtime.doubles(compare)
    middle = np.mean(known, axis=axis, keepdims=True)
    return (scores - middle) / np.std(known, axis=axis, ddof=ddof, keepdims=True)


def gzscore(a: Any, *, axis: Any = 0, ddof: Any = 0, nan_policy: Any = "propagate") -> Any:
    log = np.log(runtime.doubles(a))
    return zmap(log, log, axis, ddof, nan_policy)


def weighted(x: Any, axis: Any, weights: Any, keepdims: Any) -> Any:
    """Return a mean, of numbers of equal or of given weights."""
    if weights is None:
        return np.mean(x, axis=axis, keepdims=keepdims)
    return np.average(x, axis=axis, weights=weights, keepdims=keepdims)


def gmean(
    a: Any,
    axis: Any = 0,
    dtype: Any = None,
    weights: Any = None,
    *,
    nan_policy: Any = "propagate",
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    return np.exp(weighted(np.log(runtime.doubles(a)), axis, weights, keepdims))


def hmean(
    a: Any,
    axis: Any = 0,
    dtype: Any = None,
    *,
    weights: Any = None,
    nan_policy: Any = "propagate",
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    return 1.0 / weighted(1.0 / runtime.doubles(a), axis, weights, keepdims)


def pmean(
    a: Any,
    p: Any,
    *,
    axis: Any = 0,
    dtype: Any = None,
    weights: Any = None,
    nan_policy: Any = "propagate",
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    if p == 0:
        return np.exp(weighted(np.log(runtime.doubles(a)), axis, weights, keepdims))
    return weighted(runtime.doubles(a) ** p, axis, weights, keepdims) ** (1.0 / p)


def moment(
    a: Any,
    order: Any = 1,
    axis: Any = 0,
    nan_policy: Any = "propagate",
    *,
    center: Any = None,
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    x = runtime.doubles(a)
    if not isinstance(order, int):
        raise runtime.refused()
    middle = np.mean(x, axis=axis, keepdims=True) if center is None else center
    return np.mean((x - middle) ** order, axis=axis, keepdims=keepdims)


# Of numbers that are all equal it is NaN, as SciPy's.
def skew(
    a: Any,
    axis: Any = 0,
    bias: Any = True,
    nan_policy: Any = "propagate",
    *,
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    x = runtime.doubles(a)
    apart = x - np.mean(x, axis=axis, keepdims=True)
    square = np.mean(apart**2, axis=axis, keepdims=keepdims)
    ratio = np.mean(apart**3, axis=axis, keepdims=keepdims) / square**1.5
    if bias:
        return ratio
    n = count(x, axis)
    return np.sqrt((n - 1.0) * n) / (n - 2.0) * ratio


def kurtosis(
    a: Any,
    axis: Any = 0,
    fisher: Any = True,
    bias: Any = True,
    nan_policy: Any = "propagate",
    *,
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    x = runtime.doubles(a)
    apart = x - np.mean(x, axis=axis, keepdims=True)
    square = np.mean(apart**2, axis=axis, keepdims=keepdims)
    ratio = np.mean(apart**4, axis=axis, keepdims=keepdims) / square**2
    if not bias:
        n = count(x, axis)
        ratio = ((n**2 - 1.0) * ratio - 3.0 * (n - 1.0) ** 2) / ((n - 2.0) * (n - 3.0)) + 3.0
    return ratio - 3.0 if fisher else ratio


def sem(
    a: Any,
    axis: Any = 0,
    ddof: Any = 1,
    nan_policy: Any = "propagate",
    *,
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    x = runtime.doubles(a)
    return np.std(x, axis=axis, ddof=ddof, keepdims=keepdims) / np.sqrt(count(x, axis))


def variation(
    a: Any,
    axis: Any = 0,
    nan_policy: Any = "propagate",
    ddof: Any = 0,
    *,
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    x = runtime.doubles(a)
    spread = np.std(x, axis=axis, ddof=ddof, keepdims=keepdims)
    return spread / np.mean(x, axis=axis, keepdims=keepdims)


def gstd(
    a: Any,
    axis: Any = 0,
    ddof: Any = 1,
    *,
    keepdims: Any = False,
    nan_policy: Any = "propagate",
) -> Any:
    plain(nan_policy)
    return np.exp(np.std(np.log(runtime.doubles(a)), axis=axis, ddof=ddof, keepdims=keepdims))


def entropy(
    pk: Any,
    qk: Any = None,
    base: Any = None,
    axis: Any = 0,
    *,
    nan_policy: Any = "propagate",
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    p = runtime.doubles(pk)
    p = p / np.sum(p, axis=axis, keepdims=True)
    if qk is None:
        terms = special.entr(p)
    else:
        q = runtime.doubles(qk)
        terms = special.rel_entr(p, q / np.sum(q, axis=axis, keepdims=True))
    total = np.sum(terms, axis=axis, keepdims=keepdims)
    return total if base is None else total / np.log(base)


def turned(samples: Any, high: Any, low: Any, axis: Any) -> Any:
    """Return the mean sine and cosine of numbers on a circle."""
    angle = (runtime.doubles(samples) - low) * (2.0 * np.pi / (high - low))
    return np.mean(np.sin(angle), axis=axis), np.mean(np.cos(angle), axis=axis)


def circmean(
    samples: Any,
    high: Any = 6.283185307179586,
    low: Any = 0.0,
    axis: Any = None,
    nan_policy: Any = "propagate",
    *,
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    if keepdims:
        raise runtime.refused()
    sine, cosine = turned(samples, high, low, axis)
    angle = np.mod(np.arctan2(sine, cosine), 6.283185307179586)
    return angle * ((high - low) / 6.283185307179586) + low


def circvar(
    samples: Any,
    high: Any = 6.283185307179586,
    low: Any = 0.0,
    axis: Any = None,
    nan_policy: Any = "propagate",
    *,
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    if keepdims:
        raise runtime.refused()
    sine, cosine = turned(samples, high, low, axis)
    return 1.0 - np.hypot(sine, cosine)


def circstd(
    samples: Any,
    high: Any = 6.283185307179586,
    low: Any = 0.0,
    axis: Any = None,
    nan_policy: Any = "propagate",
    *,
    normalize: Any = False,
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    if keepdims:
        raise runtime.refused()
    sine, cosine = turned(samples, high, low, axis)
    spread = np.sqrt(-2.0 * np.log(np.hypot(sine, cosine)))
    return spread if normalize else spread * ((high - low) / 6.283185307179586)


def boxcox_llf(
    lmb: Any,
    data: Any,
    *,
    axis: Any = 0,
    keepdims: Any = False,
    nan_policy: Any = "propagate",
) -> Any:
    plain(nan_policy)
    x = runtime.doubles(data)
    log = np.log(x)
    spread = np.log(np.var(special.boxcox(x, lmb), axis=axis, keepdims=keepdims))
    total = np.sum(log, axis=axis, keepdims=keepdims)
    return (lmb - 1.0) * total - 0.5 * count(x, axis) * spread


def boxcox(x: Any, lmbda: Any = None, alpha: Any = None, optimizer: Any = None) -> Any:
    if lmbda is None:
        raise runtime.refused()
    return special.boxcox(x, lmbda)


def yeojohnson(x: Any, lmbda: Any = None) -> Any:
    if lmbda is None:
        raise runtime.refused()
    x = runtime.doubles(x)
    above = special.boxcox1p(np.maximum(x, 0.0), lmbda)
    return above - special.boxcox1p(np.maximum(-x, 0.0), 2.0 - lmbda)


def whole(limits: Any, nan_policy: Any) -> None:
    """Refuse to leave out what is beyond limits."""
    plain(nan_policy)
    if limits is not None:
        raise runtime.refused()


def tmean(
    a: Any,
    limits: Any = None,
    inclusive: Any = (True, True),
    axis: Any = None,
    *,
    nan_policy: Any = "propagate",
    keepdims: Any = False,
) -> Any:
    whole(limits, nan_policy)
    return np.mean(runtime.doubles(a), axis=axis, keepdims=keepdims)


def tvar(
    a: Any,
    limits: Any = None,
    inclusive: Any = (True, True),
    axis: Any = 0,
    ddof: Any = 1,
    *,
    nan_policy: Any = "propagate",
    keepdims: Any = False,
) -> Any:
    whole(limits, nan_policy)
    return np.var(runtime.doubles(a), axis=axis, ddof=ddof, keepdims=keepdims)


def tstd(
    a: Any,
    limits: Any = None,
    inclusive: Any = (True, True),
    axis: Any = 0,
    ddof: Any = 1,
    *,
    nan_policy: Any = "propagate",
    keepdims: Any = False,
) -> Any:
    whole(limits, nan_policy)
    return np.std(runtime.doubles(a), axis=axis, ddof=ddof, keepdims=keepdims)


def tsem(
    a: Any,
    limits: Any = None,
    inclusive: Any = (True, True),
    axis: Any = 0,
    ddof: Any = 1,
    *,
    nan_policy: Any = "propagate",
    keepdims: Any = False,
) -> Any:
    whole(limits, nan_policy)
    return sem(a, axis, ddof, keepdims=keepdims)


def iqr(
    x: Any,
    axis: Any = None,
    rng: Any = (25, 75),
    scale: Any = 1.0,
    nan_policy: Any = "propagate",
    interpolation: Any = "linear",
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    known = runtime.doubles(x)
    low = np.percentile(known, rng[0], axis=axis, method=interpolation, keepdims=keepdims)
    high = np.percentile(known, rng[1], axis=axis, method=interpolation, keepdims=keepdims)
    if not isinstance(scale, (int, float)):
        raise runtime.refused()
    return (high - low) / scale


def median_abs_deviation(
    x: Any,
    axis: Any = 0,
    center: Any = None,
    scale: Any = 1.0,
    nan_policy: Any = "propagate",
    *,
    keepdims: Any = False,
) -> Any:
    plain(nan_policy)
    if center is not None or axis is None or not isinstance(scale, (int, float)):
        raise runtime.refused()
    known = runtime.doubles(x)
    apart = np.abs(known - np.median(known, axis=axis, keepdims=True))
    return np.median(apart, axis=axis, keepdims=keepdims) / scale


def pearsonr(
    x: Any, y: Any, *, alternative: Any = "two-sided", method: Any = None, axis: Any = 0
) -> Any:
    """Return the correlation of two vectors, and the chance of one as large by chance."""
    if alternative != "two-sided" or method is not None or axis != 0 or np.ndim(x) != 1:
        raise runtime.refused()
    a, b = runtime.doubles(x), runtime.doubles(y)
    a, b = a - np.mean(a), b - np.mean(b)
    r = (a @ b) / (np.sqrt(a @ a) * np.sqrt(b @ b))
    half = 0.5 * len(a) - 1.0
    return runtime.Correlation(r, 2.0 * special.betainc(half, half, 0.5 * (1.0 - np.abs(r))))


DEFINITIONS.update(
    {
        stats.zscore: zscore,
        stats.tmean: tmean,
        stats.tvar: tvar,
        stats.tstd: tstd,
        stats.tsem: tsem,
        stats.iqr: iqr,
        stats.median_abs_deviation: median_abs_deviation,
        stats.pearsonr: pearsonr,
        stats.zmap: zmap,
        stats.gzscore: gzscore,
        stats.gmean: gmean,
        stats.hmean: hmean,
        stats.pmean: pmean,
        stats.moment: moment,
        stats.skew: skew,
        stats.kurtosis: kurtosis,
        stats.sem: sem,
        stats.variation: variation,
        stats.gstd: gstd,
        stats.entropy: entropy,
        stats.circmean: circmean,
        stats.circvar: circvar,
        stats.circstd: circstd,
        stats.boxcox_llf: boxcox_llf,
        stats.boxcox: boxcox,
        stats.yeojohnson: yeojohnson,
    }
)
