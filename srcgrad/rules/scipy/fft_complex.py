"""``scipy.fft``: the complex transforms, whose rules are those of NumPy's."""

from __future__ import annotations

from typing import Any

from scipy import fft

from srcgrad.rules import fourier
from srcgrad.rules.complexes import holds
from srcgrad.rules.table import linear


@linear(fft.fft)
def _fft(
    g: Any,
    y: Any,
    x: Any,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._fft(g, y, x, n, axis, norm)


@linear(fft.ifft)
def _ifft(
    g: Any,
    y: Any,
    x: Any,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._ifft(g, y, x, n, axis, norm)


@linear(fft.rfft)
def _rfft(
    g: Any,
    y: Any,
    x: Any,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._rfft(g, y, x, n, axis, norm)


@linear(fft.irfft)
def _irfft(
    g: Any,
    y: Any,
    x: Any,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._irfft(g, y, x, n, axis, norm)


@linear(fft.hfft)
def _hfft(
    g: Any,
    y: Any,
    x: Any,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._hfft(g, y, x, n, axis, norm)


@linear(fft.ihfft)
def _ihfft(
    g: Any,
    y: Any,
    x: Any,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._ihfft(g, y, x, n, axis, norm)


@linear(fft.fft2)
def _fft2(
    g: Any,
    y: Any,
    x: Any,
    s: Any = None,
    axes: Any = (-2, -1),
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._fft2(g, y, x, s, axes, norm)


@linear(fft.ifft2)
def _ifft2(
    g: Any,
    y: Any,
    x: Any,
    s: Any = None,
    axes: Any = (-2, -1),
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._ifft2(g, y, x, s, axes, norm)


@linear(fft.rfft2)
def _rfft2(
    g: Any,
    y: Any,
    x: Any,
    s: Any = None,
    axes: Any = (-2, -1),
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._rfft2(g, y, x, s, axes, norm)


@linear(fft.irfft2)
def _irfft2(
    g: Any,
    y: Any,
    x: Any,
    s: Any = None,
    axes: Any = (-2, -1),
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._irfft2(g, y, x, s, axes, norm)


@linear(fft.fftn)
def _fftn(
    g: Any,
    y: Any,
    x: Any,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._fftn(g, y, x, s, axes, norm)


@linear(fft.ifftn)
def _ifftn(
    g: Any,
    y: Any,
    x: Any,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._ifftn(g, y, x, s, axes, norm)


@linear(fft.rfftn)
def _rfftn(
    g: Any,
    y: Any,
    x: Any,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._rfftn(g, y, x, s, axes, norm)


@linear(fft.irfftn)
def _irfftn(
    g: Any,
    y: Any,
    x: Any,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    plan: Any = None,
) -> Any:
    return fourier._irfftn(g, y, x, s, axes, norm)


holds(fft.fft, fft.ifft, fft.rfft, fft.irfft, fft.hfft, fft.ihfft, fft.fft2, fft.ifft2)
holds(fft.rfft2, fft.irfft2, fft.fftn, fft.ifftn, fft.rfftn, fft.irfftn)
