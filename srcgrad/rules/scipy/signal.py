"""``scipy.signal``: products of signals, filters, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from srcgrad import runtime
from srcgrad.rules.complexes import holds
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import linear, pull


def whole(g: Any, a: Any, b: Any, mode: Any) -> Any:
    """Return what is owed to a part of a full convolution, among zeros for the rest of it."""
    if mode == "full":
        return g
    if mode == "same":
        return np.pad(g, [((n - 1) // 2, n // 2) for n in np.shape(b)])
    return np.pad(g, [(min(m, n) - 1,) for m, n in zip(np.shape(a), np.shape(b))])


# With a full convolution, each of the two is owed the convolution with the other turned round.
@pull(signal.convolve)
def _convolve(g: Any, y: Any, a: Any, b: Any, mode: Any = "full", method: Any = "auto") -> Any:
    if np.ndim(a) == 0:
        return g * b, g * a
    owed = whole(g, a, b, mode)
    return (
        signal.convolve(owed, np.flip(b), "valid", method),
        signal.convolve(owed, np.flip(a), "valid", method),
    )


@pull(signal.fftconvolve)
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


@pull(signal.oaconvolve)
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


# Correlation is convolution with the second turned round, and conjugate.
@pull(signal.correlate)
def _correlate(g: Any, y: Any, a: Any, b: Any, mode: Any = "full", method: Any = "auto") -> Any:
    if np.ndim(a) == 0:
        return g * np.conj(b), np.conj(g * a)
    owed = whole(g, a, b, mode)
    return (
        signal.convolve(owed, np.conj(b), "valid", method),
        np.flip(np.conj(signal.convolve(owed, np.flip(a), "valid", method))),
    )


@pull(signal.convolve2d)
def _convolve2d(
    g: Any, y: Any, a: Any, b: Any, mode: Any = "full", boundary: Any = "fill", fillvalue: Any = 0
) -> Any:
    if boundary != "fill":
        raise runtime.refused()
    owed = whole(g, a, b, mode)
    return (
        signal.convolve2d(owed, np.flip(b), "valid"),
        signal.convolve2d(owed, np.flip(a), "valid"),
    )


@pull(signal.correlate2d)
def _correlate2d(
    g: Any, y: Any, a: Any, b: Any, mode: Any = "full", boundary: Any = "fill", fillvalue: Any = 0
) -> Any:
    if boundary != "fill":
        raise runtime.refused()
    later = [(n // 2, (n - 1) // 2) for n in np.shape(b)]  # its middle is one further on
    owed = np.pad(g, later) if mode == "same" else whole(g, a, b, mode)
    return (
        signal.convolve2d(owed, np.conj(b), "valid"),
        np.flip(np.conj(signal.convolve2d(owed, np.flip(a), "valid"))),
    )


def backwards(b: Any, a: Any, g: Any, axis: Any) -> Any:
    """Filter a signal from its end to its start."""
    return np.flip(signal.lfilter(b, a, np.flip(g, axis), axis), axis)


# The filter says  sum_k a_k y_(t-k) = sum_k b_k x_(t-k) + r_t:  what is owed to r is found by the
# same recursion, from the end to the start.
@pull(signal.lfilter)
def _lfilter(g: Any, y: Any, b: Any, a: Any, x: Any, axis: Any = -1, zi: Any = None) -> Any:
    one = np.ones(1, g.dtype if zi is None else g[0].dtype)
    if zi is None:
        v = backwards(one, a, g, axis)
        return (
            np.reshape(runtime.lagged(v, x, np.size(b), axis), np.shape(b)),
            np.reshape(-runtime.lagged(v, y, np.size(a), axis), np.shape(a)),
            backwards(b, a, g, axis),
            None,
            None,
        )
    n = np.shape(zi)[axis]
    first = np.ravel(a)[0]
    end = np.flip(signal.lfilter(a, one, np.flip(g[1], axis) / first, axis), axis)
    v = backwards(one, a, np.concatenate([g[0], end], axis), axis)
    to_zi = np.split(v, [n], axis)[0]
    to_x = np.split(backwards(b, one, v, axis), [np.shape(x)[axis]], axis)[0]
    scaled = np.sum(to_zi * zi) - np.sum(np.split(v, [np.shape(x)[axis]], axis)[1] * y[1])
    states = runtime.put_add(-runtime.lagged(v, y[0], np.size(a), axis), 0, scaled)
    return (
        np.reshape(runtime.lagged(v, x, np.size(b), axis), np.shape(b)),
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
        return sections_pulled(g, sos, x, axis), to_x, None, None
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
        to_b, to_a, g, _, _ = _lfilter(g, inner[k + 1], sos[k, :3], sos[k, 3:], inner[k], axis)
        found.append(np.concatenate([to_b, to_a]))
    return np.stack(found[::-1])


# What is owed to the first of the two runs goes back through it as the filter does, from its end.
@pull(signal.filtfilt)
def _filtfilt(
    g: Any,
    y: Any,
    b: Any,
    a: Any,
    x: Any,
    axis: Any = -1,
    padtype: Any = "odd",
    padlen: Any = None,
    method: Any = "pad",
    irlen: Any = None,
) -> Any:
    if method != "pad":
        raise runtime.refused()
    return None, None, runtime.filtfilt_back(g, b, a, x, axis, padtype, padlen)


@pull(signal.sosfiltfilt)
def _sosfiltfilt(
    g: Any, y: Any, sos: Any, x: Any, axis: Any = -1, padtype: Any = "odd", padlen: Any = None
) -> Any:
    return None, runtime.sosfiltfilt_back(g, sos, x, axis, padtype, padlen)


@pull(runtime.filtfilt_back)
def _filtfilt_back(
    h: Any, d: Any, g: Any, b: Any, a: Any, x: Any, axis: Any = -1, padtype: Any = "odd",
    padlen: Any = None,
) -> Any:  # fmt: skip
    return signal.filtfilt(b, a, h, axis, padtype, padlen), None, None, runtime.zeros_like(x)


@pull(runtime.sosfiltfilt_back)
def _sosfiltfilt_back(
    h: Any, d: Any, g: Any, sos: Any, x: Any, axis: Any = -1, padtype: Any = "odd",
    padlen: Any = None,
) -> Any:  # fmt: skip
    return signal.sosfiltfilt(sos, h, axis, padtype, padlen), None, runtime.zeros_like(x)


@pull(runtime.lagged)
def _lagged(h: Any, d: Any, v: Any, x: Any, count: Any, axis: Any = -1) -> Any:
    one = np.ones(1, h.dtype)
    rest = list(np.shape(v))
    rest[axis] = np.shape(v)[axis] - np.shape(x)[axis]
    longer = np.concatenate([x, np.zeros(rest, x.dtype)], axis)
    return (
        signal.lfilter(h, one, longer, axis),
        np.split(backwards(h, one, v, axis), [np.shape(x)[axis]], axis)[0],
    )


linear(runtime.alternating, lambda g, y, x, axis=0: runtime.alternating(g, axis))


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
    if num < n and num % 2 == 0:
        g = g + runtime.alternating(g, axis)
    back = signal.resample(g, n, axis=axis) * (num / n)
    return back - 0.5 * runtime.alternating(back, axis) if num > n and n % 2 == 0 else back


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
    sizes = 3 if mysize is None else mysize
    box = np.ones((sizes,) * np.ndim(im) if isinstance(sizes, int) else sizes)
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


# Of the filtered signal every q-th sample is left: the others are owed nothing.
@linear(signal.decimate)
def _decimate(
    g: Any,
    y: Any,
    x: Any,
    q: Any,
    n: Any = None,
    ftype: Any = "iir",
    axis: Any = -1,
    zero_phase: Any = True,
) -> Any:
    if ftype != "iir" or np.ndim(x) != 1:
        raise runtime.refused()
    owed = runtime.put(np.zeros_like(x), slice(None, None, q), g)
    sos = signal.cheby1(8 if n is None else n, 0.05, 0.8 / q, output="sos").astype(g.dtype)
    if zero_phase:
        return runtime.sosfiltfilt_back(owed, sos, x)
    return np.flip(signal.sosfilt(sos, np.flip(owed)))


def analytic(x: Any, N: Any = None, axis: Any = -1) -> Any:
    """Do what ``scipy.signal.hilbert`` does."""
    n = np.shape(x)[axis] if N is None else N
    often = np.zeros(n)
    often[0] = 1.0
    often[1 : (n + 1) // 2] = 2.0
    if n % 2 == 0:
        often[n // 2] = 1.0
    waves = np.moveaxis(np.fft.fft(x, n, axis), axis, -1) * often
    return np.moveaxis(np.fft.ifft(waves), -1, axis)


DEFINITIONS |= {
    signal.wiener: local_means,
    signal.deconvolve: divided,
    signal.hilbert: analytic,
}


@linear(signal.savgol_filter)
def _savgol_filter(
    g: Any,
    y: Any,
    x: Any,
    window_length: Any,
    polyorder: Any,
    deriv: Any = 0,
    delta: Any = 1.0,
    axis: Any = -1,
    mode: Any = "interp",
    cval: Any = 0.0,
) -> Any:
    return runtime.savgol_back(g, window_length, polyorder, deriv, delta, axis, mode)


@linear(runtime.savgol_back)
def _savgol_back(
    h: Any,
    d: Any,
    g: Any,
    window_length: Any,
    polyorder: Any,
    deriv: Any = 0,
    delta: Any = 1.0,
    axis: Any = -1,
    mode: Any = "interp",
) -> Any:
    return signal.savgol_filter(h, window_length, polyorder, deriv, delta, axis, mode)


@pull(signal.medfilt)
def _medfilt(g: Any, y: Any, volume: Any, kernel_size: Any = 3) -> Any:
    size = (kernel_size,) * np.ndim(volume) if isinstance(kernel_size, int) else kernel_size
    return runtime.chosen_back(g, y, volume, np.ones(size), "constant")


@pull(signal.medfilt2d)
def _medfilt2d(g: Any, y: Any, input: Any, kernel_size: Any = 3) -> Any:
    size = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    return runtime.chosen_back(g, y, input, np.ones(size), "constant")


@pull(signal.order_filter)
def _order_filter(g: Any, y: Any, a: Any, domain: Any, rank: Any) -> Any:
    return runtime.chosen_back(g, y, a, domain, "constant")


holds(signal.convolve, signal.fftconvolve, signal.oaconvolve, signal.correlate)
holds(signal.convolve2d, signal.correlate2d, signal.lfilter, signal.sosfilt, signal.filtfilt)
holds(signal.sosfiltfilt, signal.detrend, signal.resample, signal.resample_poly, signal.upfirdn)
holds(runtime.lagged, runtime.alternating, runtime.filtfilt_back, runtime.sosfiltfilt_back)

import srcgrad.rules.scipy.signal_names  # noqa: E402, F401
