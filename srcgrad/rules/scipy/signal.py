"""``scipy.signal``: products of signals, filters, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from srcgrad import runtime
from srcgrad.rules.complexes import holds
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


holds(signal.convolve, signal.fftconvolve, signal.oaconvolve, signal.correlate)
holds(signal.convolve2d, signal.correlate2d, signal.lfilter, signal.sosfilt, signal.filtfilt)
holds(signal.sosfiltfilt, runtime.lagged, runtime.filtfilt_back, runtime.sosfiltfilt_back)

import srcgrad.rules.scipy.signal_names  # noqa: E402
import srcgrad.rules.scipy.signal_samples  # noqa: E402, F401
