"""``scipy.signal``: signals sampled anew, smoothed, cleaned and taken apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from srcgrad import runtime
from srcgrad.rules.complexes import holds
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import linear, pull


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
    if overwrite_data:
        raise runtime.refused()
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


holds(signal.detrend, signal.resample, signal.resample_poly, signal.upfirdn, runtime.alternating)
