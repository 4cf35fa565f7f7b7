"""``scipy.signal``: products of signals, filters, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from srcgrad import runtime
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import linear, multilinear, pull


def whole(g: Any, a: Any, b: Any, mode: Any) -> Any:
    """Return what is owed to a part of a full convolution, among zeros for the rest of it."""
    if mode == "full":
        return g
    if mode == "same":
        return np.pad(g, [((n - 1) // 2, n // 2) for n in np.shape(b)])
    return np.pad(g, [(min(m, n) - 1,) for m, n in zip(np.shape(a), np.shape(b))])


# With a full convolution, each of the two is owed the correlation with the other.
@multilinear(signal.convolve)
def _convolve(g: Any, y: Any, a: Any, b: Any, mode: Any = "full", method: Any = "auto") -> Any:
    if np.ndim(a) == 0:
        return g * b, g * a
    owed = whole(g, a, b, mode)
    return (
        signal.correlate(owed, b, "valid", method=method),
        signal.correlate(owed, a, "valid", method=method),
    )


@multilinear(signal.fftconvolve)
def _fftconvolve(g: Any, y: Any, a: Any, b: Any, mode: Any = "full", axes: Any = None) -> Any:
    if np.ndim(a) == 0:
        return g * b, g * a
    if axes is not None:
        raise runtime.refused()
    owed = whole(g, a, b, mode)
    return (
        signal.fftconvolve(owed, np.flip(b), "valid"),
        signal.fftconvolve(owed, np.flip(a), "valid"),
    )


@multilinear(signal.oaconvolve)
def _oaconvolve(g: Any, y: Any, a: Any, b: Any, mode: Any = "full", axes: Any = None) -> Any:
    if np.ndim(a) == 0:
        return g * b, g * a
    if axes is not None:
        raise runtime.refused()
    owed = whole(g, a, b, mode)
    return (
        signal.oaconvolve(owed, np.flip(b), "valid"),
        signal.oaconvolve(owed, np.flip(a), "valid"),
    )


# Correlation is convolution with the second turned round.
@multilinear(signal.correlate)
def _correlate(g: Any, y: Any, a: Any, b: Any, mode: Any = "full", method: Any = "auto") -> Any:
    if np.ndim(a) == 0:
        return g * b, g * a
    owed = whole(g, a, b, mode)
    return (
        signal.convolve(owed, b, "valid", method=method),
        np.flip(signal.correlate(owed, a, "valid", method=method)),
    )


@multilinear(signal.convolve2d)
def _convolve2d(
    g: Any, y: Any, a: Any, b: Any, mode: Any = "full", boundary: Any = "fill", fillvalue: Any = 0
) -> Any:
    if boundary != "fill":
        raise runtime.refused()
    owed = whole(g, a, b, mode)
    return signal.correlate2d(owed, b, "valid"), signal.correlate2d(owed, a, "valid")


@multilinear(signal.correlate2d)
def _correlate2d(
    g: Any, y: Any, a: Any, b: Any, mode: Any = "full", boundary: Any = "fill", fillvalue: Any = 0
) -> Any:
    if boundary != "fill":
        raise runtime.refused()
    later = [(n // 2, (n - 1) // 2) for n in np.shape(b)]  # its middle is one further on
    owed = np.pad(g, later) if mode == "same" else whole(g, a, b, mode)
    return signal.convolve2d(owed, b, "valid"), np.flip(signal.correlate2d(owed, a, "valid"))


def backwards(b: Any, a: Any, g: Any, axis: Any) -> Any:
    """Filter a signal from its end to its start."""
    return np.flip(signal.lfilter(b, a, np.flip(g, axis), axis), axis)


def lagged(v: Any, x: Any, n: Any, axis: Any) -> Any:
    """Return the products of ``v`` with ``x`` moved back by 0, 1 ... n - 1."""
    v, x = np.moveaxis(v, axis, -1), np.moveaxis(x, axis, -1)
    m = np.shape(x)[-1]
    return np.array([np.sum(v[..., k : k + m] * x[..., : np.shape(v)[-1] - k]) for k in range(n)])


# The filter says  sum_k a_k y_(t-k) = sum_k b_k x_(t-k) + r_t:  what is owed to r is found by the
# same recursion, from the end to the start.
@pull(signal.lfilter)
def _lfilter(g: Any, y: Any, b: Any, a: Any, x: Any, axis: Any = -1, zi: Any = None) -> Any:
    one = np.ones(1, g.dtype if zi is None else g[0].dtype)
    if zi is None:
        v = backwards(one, a, g, axis)
        return (
            np.reshape(lagged(v, x, np.size(b), axis), np.shape(b)),
            np.reshape(-lagged(v, y, np.size(a), axis), np.shape(a)),
            backwards(b, a, g, axis),
        )
    n = np.shape(zi)[axis]
    first = np.ravel(a)[0]
    end = np.flip(signal.lfilter(a, one, np.flip(g[1], axis) / first, axis), axis)
    v = backwards(one, a, np.concatenate([g[0], end], axis), axis)
    to_zi = np.split(v, [n], axis)[0]
    to_x = np.split(backwards(b, one, v, axis), [np.shape(x)[axis]], axis)[0]
    scaled = np.sum(to_zi * zi) - np.sum(np.split(v, [np.shape(x)[axis]], axis)[1] * y[1])
    states = runtime.put_add(-lagged(v, y[0], np.size(a), axis), 0, scaled)
    return (
        np.reshape(lagged(v, x, np.size(b), axis), np.shape(b)),
        np.reshape(states, np.shape(a)),
        to_x,
        None,
        runtime.unbroadcast(first * to_zi, zi),
    )


# A filter of the signal alone turns round in time.
@pull(signal.sosfilt)
def _sosfilt(g: Any, y: Any, sos: Any, x: Any, axis: Any = -1, zi: Any = None) -> Any:
    if zi is None:
        to_x = np.flip(signal.sosfilt(sos, np.flip(g, axis), axis), axis)
        return sections_pulled(g, sos, x, axis), to_x
    inner = [x]
    for k in range(len(sos)):
        inner.append(signal.lfilter(sos[k, :3], sos[k, 3:], inner[-1], axis, zi[k])[0])
    owed, to_sos, to_zi = g[0], [], []
    for k in range(len(sos) - 1, -1, -1):
        to_b, to_a, owed, _, to_state = _lfilter(
            (owed, g[1][k]), (inner[k + 1], y[1][k]), sos[k, :3], sos[k, 3:], inner[k], axis, zi[k]
        )
        to_sos.append(np.concatenate([to_b, to_a]))
        to_zi.append(to_state)
    return np.stack(to_sos[::-1]), owed, None, np.stack(to_zi[::-1])


def sections_pulled(g: Any, sos: Any, x: Any, axis: Any) -> Any:
    """Pull a cascade of filters back to their coefficients, last section first."""
    inner = [x]
    for section in sos:
        inner.append(signal.lfilter(section[:3], section[3:], inner[-1], axis))
    found = []
    for k in range(len(sos) - 1, -1, -1):
        to_b, to_a, g = _lfilter(g, inner[k + 1], sos[k, :3], sos[k, 3:], inner[k], axis)
        found.append(np.concatenate([to_b, to_a]))
    return np.stack(found[::-1])


def extended(x: Any, edge: Any, padtype: Any, axis: Any) -> Any:
    """Return a signal that goes on at both ends as ``filtfilt`` has it, its axis first."""
    rows = np.moveaxis(x, axis, 0)
    if padtype is None or edge == 0:
        return rows
    widths = [(edge, edge), *[(0, 0)] * (np.ndim(x) - 1)]
    if padtype == "odd":
        return np.pad(rows, widths, "reflect", reflect_type="odd")
    return np.pad(rows, widths, "reflect" if padtype == "even" else "edge")


def cropped(y: Any, edge: Any, padtype: Any, axis: Any) -> Any:
    """Undo ``extended``."""
    inner = y if padtype is None or edge == 0 else y[edge:-edge]
    return np.moveaxis(inner, 0, axis)


def forth_and_back(
    b: Any,
    a: Any,
    x: Any,
    axis: Any = -1,
    padtype: Any = "odd",
    padlen: Any = None,
    method: Any = "pad",
    irlen: Any = None,
) -> Any:
    """Do what ``scipy.signal.filtfilt`` does."""
    if method != "pad" or (np.size(a) == 1 and np.size(b) == 1):
        raise runtime.refused()
    edge = 3 * max(np.size(a), np.size(b)) if padlen is None else padlen
    rows = extended(x, edge, padtype, axis)
    state = signal.lfilter_zi(b, a)
    states = np.reshape(state, (len(state), *(1,) * (np.ndim(x) - 1)))
    there, _ = signal.lfilter(b, a, rows, 0, states * rows[0])
    turned = there[::-1]
    back, _ = signal.lfilter(b, a, turned, 0, states * turned[0])
    return cropped(back[::-1], edge, padtype, axis)


def cascade_forth_and_back(
    sos: Any, x: Any, axis: Any = -1, padtype: Any = "odd", padlen: Any = None
) -> Any:
    """Do what ``scipy.signal.sosfiltfilt`` does."""
    ends = min(np.sum(sos[:, 2] == 0), np.sum(sos[:, 5] == 0))
    edge = 3 * (2 * len(sos) + 1 - int(ends)) if padlen is None else padlen
    rows = extended(x, edge, padtype, axis)
    state = signal.sosfilt_zi(sos)
    states = np.reshape(state, (len(sos), 2, *(1,) * (np.ndim(x) - 1)))
    there, _ = signal.sosfilt(sos, rows, 0, states * rows[0])
    turned = there[::-1]
    back, _ = signal.sosfilt(sos, turned, 0, states * turned[0])
    return cropped(back[::-1], edge, padtype, axis)


# The constant signal that the state stands for:  (I - A) zi = B  with the companion matrix A.
def steady(b: Any, a: Any) -> Any:
    """Do what ``scipy.signal.lfilter_zi`` does."""
    n = max(np.size(a), np.size(b))
    top = np.concatenate([np.ravel(b), np.zeros(n - np.size(b))]) / np.ravel(a)[0]
    low = np.concatenate([np.ravel(a), np.zeros(n - np.size(a))]) / np.ravel(a)[0]
    end = np.cumsum(top[1:] - low[1:] * top[0])
    zero = np.sum(top[1:] - low[1:] * top[0]) / np.sum(low)
    return zero * np.cumsum(low)[:-1] - np.concatenate([np.zeros(1), end[:-1]])


def steady_cascade(sos: Any) -> Any:
    """Do what ``scipy.signal.sosfilt_zi`` does."""
    states, scale = [], 1.0
    for section in sos:
        b, a = section[:3], section[3:]
        states.append(scale * signal.lfilter_zi(b, a))
        scale = scale * (np.sum(b) / np.sum(a))
    return np.stack(states)


@linear(signal.detrend)
def _detrend(
    g: Any,
    y: Any,
    data: Any,
    axis: Any = -1,
    type: Any = "linear",
    bp: Any = 0,
    overwrite_data: Any = False,
) -> Any:
    return signal.detrend(g, axis, type, bp)


# The transform of the samples turns round but for the frequency at which one sign stands for two.
@linear(signal.resample)
def _resample(
    g: Any,
    y: Any,
    x: Any,
    num: Any,
    t: Any = None,
    axis: Any = 0,
    window: Any = None,
    domain: Any = "time",
) -> Any:
    if t is not None or window is not None or domain != "time":
        raise runtime.refused()
    n = np.shape(x)[axis]
    rows = np.moveaxis(g, axis, 0)
    if num < n and num % 2 == 0:
        rows = rows + alternating(rows)
    back = signal.resample(rows, n) * (num / n)
    if num > n and n % 2 == 0:
        back = back - 0.5 * alternating(back)
    return np.moveaxis(back, 0, axis)


def alternating(x: Any) -> Any:
    """Return the part of a signal that changes sign from each sample to the next."""
    signs = np.reshape((-1.0) ** np.arange(len(x)), (len(x), *(1,) * (np.ndim(x) - 1)))
    signs = signs.astype(x.dtype)
    return signs * np.mean(signs * x, axis=0)


@linear(signal.resample_poly)
def _resample_poly(
    g: Any,
    y: Any,
    x: Any,
    up: Any,
    down: Any,
    axis: Any = 0,
    window: Any = ("kaiser", 5.0),
    padtype: Any = "constant",
    cval: Any = None,
) -> Any:
    if padtype != "constant" or cval is not None or not isinstance(window, (str, tuple)):
        raise runtime.refused()
    back = signal.resample_poly(g, down, up, axis, window) * (up / down)
    return np.split(back, [np.shape(x)[axis]], axis)[0]


# A sample is owed what the samples made of it are, through the filter from its other end.
@pull(signal.upfirdn)
def _upfirdn(
    g: Any,
    y: Any,
    h: Any,
    x: Any,
    up: Any = 1,
    down: Any = 1,
    axis: Any = -1,
    mode: Any = "constant",
    cval: Any = 0,
) -> Any:
    if mode != "constant" or np.ndim(h) != 1:
        raise runtime.refused()
    late = -(len(h) - 1) % up
    turned = np.concatenate([np.zeros(late, h.dtype), h[::-1]])
    start = (len(h) - 1 + late) // up
    back = np.moveaxis(signal.upfirdn(turned, g, down, up, axis), axis, 0)[start:]
    n = np.shape(x)[axis]
    short = np.zeros((max(n - len(back), 0), *np.shape(back)[1:]), g.dtype)
    return None, np.moveaxis(np.concatenate([back[:n], short]), 0, axis)


def local_means(im: Any, mysize: Any = None, noise: Any = None) -> Any:
    """Do what ``scipy.signal.wiener`` does."""
    sizes = [3] * np.ndim(im) if mysize is None else mysize
    box = np.ones([sizes] * np.ndim(im) if np.ndim(sizes) == 0 else sizes)
    mean = signal.correlate(im, box, "same") / np.size(box)
    variance = signal.correlate(im**2, box, "same") / np.size(box) - mean**2
    power = np.mean(variance) if noise is None else noise
    return np.where(variance < power, mean, mean + (im - mean) * (1.0 - power / variance))


def divided(signal_: Any, divisor: Any) -> Any:
    """Do what ``scipy.signal.deconvolve`` does."""
    n = len(signal_) - len(divisor) + 1
    if n < 1:
        return np.zeros(0), signal_
    first = np.zeros(n)
    first[0] = 1.0
    quotient = signal.lfilter(signal_, divisor, first)
    return quotient, signal_ - np.convolve(divisor, quotient)


def thinned(x: Any, q: Any, n: Any = None, ftype: Any = "iir", axis: Any = -1,
             zero_phase: Any = True) -> Any:  # fmt: skip
    """Do what ``scipy.signal.decimate`` does."""
    if ftype != "iir" and ftype != "fir":
        raise runtime.refused()
    if ftype == "fir":
        taps = signal.firwin(20 * q + 1 if n is None else n + 1, 1.0 / q, window="hamming")
        if not zero_phase:
            kept = np.moveaxis(signal.upfirdn(taps, x, 1, q, axis), axis, 0)
            m = np.shape(x)[axis]
            return np.moveaxis(kept[: m // q + (m % q > 0)], 0, axis)
        wide = np.moveaxis(x, axis, 0)
        kept = signal.upfirdn(taps, wide, 1, 1, 0)[n // 2 if n is not None else 10 * q :]
        return np.moveaxis(kept[: len(wide)][::q], 0, axis)
    sos = signal.cheby1(8 if n is None else n, 0.05, 0.8 / q, output="sos")
    low = signal.sosfiltfilt(sos, x, axis) if zero_phase else signal.sosfilt(sos, x, axis)
    return np.moveaxis(np.moveaxis(low, axis, 0)[::q], 0, axis)


DEFINITIONS |= {
    signal.filtfilt: forth_and_back,
    signal.sosfiltfilt: cascade_forth_and_back,
    signal.lfilter_zi: steady,
    signal.sosfilt_zi: steady_cascade,
    signal.wiener: local_means,
    signal.deconvolve: divided,
    signal.decimate: thinned,
}
