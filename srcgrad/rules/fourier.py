"""The functions of ``numpy.fft``.

The matrix of a Fourier transform is symmetric: it is its own transpose, whatever its scale is.
That of a real transform is a part of it, and what that owes to real numbers is the real part.
Where a transform cut or filled up what it was given, so is what it owes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.rules.table import linear, pull

linear(np.fft.fftshift, lambda g, y, x, axes=None: np.fft.ifftshift(g, axes))
linear(np.fft.ifftshift, lambda g, y, x, axes=None: np.fft.fftshift(g, axes))


# The frequencies are as whole numbers over ``n d``.
@pull(np.fft.fftfreq)
def _frequencies(g: Any, y: Any, n: Any, d: Any = 1.0, device: Any = None) -> Any:
    return None, -np.dot(g, y) / d, None


pull(np.fft.rfftfreq, _frequencies)


def along(transform: Any, g: Any, axis: Any, norm: Any) -> Any:
    """Return a transform along an axis."""
    if norm is None:
        return transform(g) if axis == -1 else transform(g, axis=axis)
    return transform(g, norm=norm) if axis == -1 else transform(g, axis=axis, norm=norm)


def filled(g: Any, n: Any, axis: Any, norm: Any) -> Any:
    """Return the transform of what is filled up with zeros along an axis."""
    if norm is None:
        return np.fft.fft(g, n) if axis == -1 else np.fft.fft(g, n, axis)
    return np.fft.fft(g, n, norm=norm) if axis == -1 else np.fft.fft(g, n, axis, norm)


def turned(norm: Any) -> Any:
    """Return the scale of a transform back and forth: where it is all in one, none is left."""
    if norm is None or norm == "backward":
        return "forward"
    return None if norm == "forward" else norm


@linear(np.fft.fft)
def _fft(g: Any, y: Any, x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Any:
    back = along(np.fft.fft, g, axis, norm)
    return back if n is None else runtime.cut_or_fill(back, x)


@linear(np.fft.ifft)
def _ifft(g: Any, y: Any, x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Any:
    back = along(np.fft.ifft, g, axis, norm)
    return back if n is None else runtime.cut_or_fill(back, x)


@linear(np.fft.rfft)
def _rfft(g: Any, y: Any, x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Any:
    if n is None:
        return filled(g, np.shape(x)[axis], axis, norm)
    return runtime.cut_or_fill(filled(g, n, axis, norm), x)


@linear(np.fft.ihfft)
def _ihfft(g: Any, y: Any, x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Any:
    if n is None:
        return filled(np.conj(g), np.shape(x)[axis], axis, turned(norm))
    return runtime.cut_or_fill(filled(np.conj(g), n, axis, turned(norm)), x)


def halved(g: Any, axis: Any, norm: Any) -> Any:
    """Return the half of a spectrum, with what stands for the other half added to it."""
    n, half = np.shape(g)[axis], along(np.fft.rfft, g, axis, norm)
    k = np.arange(n // 2 + 1)
    often = np.where((k == 0) | (2 * k == n), 1.0, 2.0).astype(g.dtype)
    if axis == -1:
        return half * often
    return np.moveaxis(np.moveaxis(half, axis, -1) * often, -1, axis)


@linear(np.fft.irfft)
def _irfft(g: Any, y: Any, x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Any:
    back = np.conj(halved(g, axis, turned(norm)))
    return back if n is None else runtime.cut_or_fill(back, x)


@linear(np.fft.hfft)
def _hfft(g: Any, y: Any, x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Any:
    back = halved(g, axis, norm)
    return back if n is None else runtime.cut_or_fill(back, x)


@linear(np.fft.fftn)
def _fftn(g: Any, y: Any, x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    if s is None:
        return np.fft.fftn(g, None, axes, norm)
    return runtime.cut_or_fill(np.fft.fftn(g, None, last(s, axes), norm), x)


@linear(np.fft.ifftn)
def _ifftn(g: Any, y: Any, x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    if s is None:
        return np.fft.ifftn(g, None, axes, norm)
    return runtime.cut_or_fill(np.fft.ifftn(g, None, last(s, axes), norm), x)


def last(s: Any, axes: Any) -> Any:
    """Return the axes of a transform of these sizes: if none are given, the last ones."""
    return tuple(range(-len(s), 0)) if axes is None else axes


@linear(np.fft.rfftn)
def _rfftn(g: Any, y: Any, x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    if s is None:
        along = tuple(range(np.ndim(x))) if axes is None else axes
        n = np.shape(x)[along[-1]]
    else:
        along, n = last(s, axes), s[-1]
    back = filled(g, n, along[-1], norm)
    if len(along) > 1:
        back = np.fft.fftn(back, None, along[:-1], norm)
    return back if s is None else runtime.cut_or_fill(back, x)


@linear(np.fft.irfftn)
def _irfftn(g: Any, y: Any, x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    if s is None:
        along = tuple(range(np.ndim(x))) if axes is None else axes
    else:
        along = last(s, axes)
    back = np.conj(halved(g, along[-1], turned(norm)))
    if len(along) > 1:
        back = np.fft.ifftn(back, None, along[:-1], norm)
    return back if s is None else runtime.cut_or_fill(back, x)


@linear(np.fft.fft2)
def _fft2(g: Any, y: Any, x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return _fftn(g, y, x, s, axes, norm)


@linear(np.fft.ifft2)
def _ifft2(g: Any, y: Any, x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return _ifftn(g, y, x, s, axes, norm)


@linear(np.fft.rfft2)
def _rfft2(g: Any, y: Any, x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return _rfftn(g, y, x, s, axes, norm)


@linear(np.fft.irfft2)
def _irfft2(g: Any, y: Any, x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return _irfftn(g, y, x, s, axes, norm)


# What was cut is owed nothing, what was filled up owes nothing.
@pull(runtime.cut_or_fill)
def _cut_or_fill(h: Any, y: Any, g: Any, like: Any) -> Any:
    return runtime.cut_or_fill(h, g), runtime.zeros_like(like)
