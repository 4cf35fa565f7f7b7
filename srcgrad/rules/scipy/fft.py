"""``scipy.fft``: the transforms of real numbers to real numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft

from srcgrad import runtime
from srcgrad.rules.classes import refuse, structural
from srcgrad.rules.complexes import holds
from srcgrad.rules.scipy import fft_complex  # noqa: F401  read with this one
from srcgrad.rules.table import linear, pull, rule_for, share, zero

# With norm="ortho" a transform is a rotation, and turned round it is its inverse.


def unwritten(overwrite: Any) -> None:
    """Refuse a call that may write into what it is given."""
    if overwrite:
        raise runtime.refused()


@linear(fft.dct)
def _dct(
    g: Any,
    y: Any,
    x: Any,
    type: Any = 2,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    orthogonalize: Any = None,
) -> Any:
    unwritten(overwrite_x)
    if norm == "ortho" and n is None and orthogonalize is None:
        return fft.idct(g, type, axis=axis, norm="ortho")
    return runtime.transform_back(g, x, "dct", type, n, axis, norm, orthogonalize)


@linear(fft.idct)
def _idct(
    g: Any,
    y: Any,
    x: Any,
    type: Any = 2,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    orthogonalize: Any = None,
) -> Any:
    unwritten(overwrite_x)
    if norm == "ortho" and n is None and orthogonalize is None:
        return fft.dct(g, type, axis=axis, norm="ortho")
    return runtime.transform_back(g, x, "idct", type, n, axis, norm, orthogonalize)


@linear(fft.dst)
def _dst(
    g: Any,
    y: Any,
    x: Any,
    type: Any = 2,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    orthogonalize: Any = None,
) -> Any:
    unwritten(overwrite_x)
    if norm == "ortho" and n is None and orthogonalize is None:
        return fft.idst(g, type, axis=axis, norm="ortho")
    return runtime.transform_back(g, x, "dst", type, n, axis, norm, orthogonalize)


@linear(fft.idst)
def _idst(
    g: Any,
    y: Any,
    x: Any,
    type: Any = 2,
    n: Any = None,
    axis: Any = -1,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    orthogonalize: Any = None,
) -> Any:
    unwritten(overwrite_x)
    if norm == "ortho" and n is None and orthogonalize is None:
        return fft.dst(g, type, axis=axis, norm="ortho")
    return runtime.transform_back(g, x, "idst", type, n, axis, norm, orthogonalize)


@linear(fft.dctn)
def _dctn(
    g: Any,
    y: Any,
    x: Any,
    type: Any = 2,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    *,
    orthogonalize: Any = None,
) -> Any:
    unwritten(overwrite_x)
    if norm == "ortho" and s is None and orthogonalize is None:
        return fft.idctn(g, type, axes=axes, norm="ortho")
    return runtime.transform_back(g, x, "dct", type, s, axes, norm, orthogonalize)


@linear(fft.idctn)
def _idctn(
    g: Any,
    y: Any,
    x: Any,
    type: Any = 2,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    orthogonalize: Any = None,
) -> Any:
    unwritten(overwrite_x)
    if norm == "ortho" and s is None and orthogonalize is None:
        return fft.dctn(g, type, axes=axes, norm="ortho")
    return runtime.transform_back(g, x, "idct", type, s, axes, norm, orthogonalize)


@linear(fft.dstn)
def _dstn(
    g: Any,
    y: Any,
    x: Any,
    type: Any = 2,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    orthogonalize: Any = None,
) -> Any:
    unwritten(overwrite_x)
    if norm == "ortho" and s is None and orthogonalize is None:
        return fft.idstn(g, type, axes=axes, norm="ortho")
    return runtime.transform_back(g, x, "dst", type, s, axes, norm, orthogonalize)


@linear(fft.idstn)
def _idstn(
    g: Any,
    y: Any,
    x: Any,
    type: Any = 2,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    overwrite_x: Any = False,
    workers: Any = None,
    orthogonalize: Any = None,
) -> Any:
    unwritten(overwrite_x)
    if norm == "ortho" and s is None and orthogonalize is None:
        return fft.dstn(g, type, axes=axes, norm="ortho")
    return runtime.transform_back(g, x, "idst", type, s, axes, norm, orthogonalize)


@pull(runtime.transform_back)
def _transform_back(
    h: Any,
    d: Any,
    g: Any,
    x: Any,
    name: Any,
    type: Any = 2,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    orthogonalize: Any = None,
) -> Any:
    again = transformed(h, name, type, s, axes, norm, orthogonalize)
    return again, runtime.zeros_like(x)


def transformed(
    h: Any, name: Any, type: Any, s: Any, axes: Any, norm: Any, orthogonalize: Any
) -> Any:
    """Return a transform along some axes, by its name."""
    if name == "dct":
        return fft.dctn(h, type, s, axes, norm, orthogonalize=orthogonalize)
    if name == "idct":
        return fft.idctn(h, type, s, axes, norm, orthogonalize=orthogonalize)
    if name == "dst":
        return fft.dstn(h, type, s, axes, norm, orthogonalize=orthogonalize)
    return fft.idstn(h, type, s, axes, norm, orthogonalize=orthogonalize)


# A fast Hankel transform is symmetric: between the logarithms of two radii.
@linear(fft.fht)
def _fht(g: Any, y: Any, a: Any, dln: Any, mu: Any, offset: Any = 0.0, bias: Any = 0.0) -> Any:
    return fft.fht(g, dln, mu, offset, bias)


@linear(fft.ifht)
def _ifht(g: Any, y: Any, A: Any, dln: Any, mu: Any, offset: Any = 0.0, bias: Any = 0.0) -> Any:
    return fft.ifht(g, dln, mu, offset, bias)


for name in ("fftshift", "ifftshift", "fftfreq", "rfftfreq"):
    if getattr(fft, name) is not getattr(np.fft, name) and rule_for(getattr(np.fft, name)):
        share(getattr(np.fft, name), getattr(fft, name))

zero(fft.next_fast_len, fft.prev_fast_len, fft.get_workers, fft.fhtoffset)

holds(fft.fft, fft.ifft, fft.rfft, fft.irfft, fft.hfft, fft.ihfft, fft.fft2, fft.ifft2)
holds(fft.rfft2, fft.irfft2, fft.fftn, fft.ifftn, fft.rfftn, fft.irfftn, fft.fftshift)
holds(fft.ifftshift, fft.dct, fft.idct, fft.dst, fft.idst, fft.dctn, fft.idctn, fft.dstn)
holds(fft.idstn, runtime.transform_back)

refuse(
    "scipy.fft",
    {"hfft2 hfftn ihfft2 ihfftn": "half a spectrum along several axes; use fftn or irfftn"},
)
structural(
    "scipy.fft",
    {"register_backend set_backend set_global_backend set_workers skip_backend": "a setting"},
)
