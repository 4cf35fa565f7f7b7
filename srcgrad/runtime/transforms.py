"""Cosine and sine transforms turned round, and the weights of sums that stand for integrals."""

from __future__ import annotations

from typing import Any

import numpy as np

_TURNED = {2: 3, 3: 2}


def transform_back(
    g: Any,
    x: Any,
    name: str,
    type: int = 2,
    s: Any = None,
    axes: Any = None,
    norm: Any = None,
    orthogonalize: Any = None,
) -> Any:
    """Return the cotangent of ``x`` from that of its cosine or sine transform.

    Parameters
    ----------
    g : array
        The cotangent of ``scipy.fft.dctn(x, type, s, axes, norm)``, or of another transform.
    x : array
        What was transformed.
    name : str
        ``"dct"``, ``"idct"``, ``"dst"`` or ``"idst"``.
    type, s, axes, norm, orthogonalize
        As given to the transform along several axes.
    """
    if axes is None:
        axes = range(g.ndim) if s is None else range(g.ndim - np.size(s), g.ndim)
    orthogonal = norm == "ortho" if orthogonalize is None else orthogonalize
    if name.startswith("i"):
        type = _TURNED.get(type, type)
        norm = {None: "forward", "backward": "forward", "forward": "backward"}.get(norm, norm)
    for axis in np.ravel(axes):
        g = _along(g, name[-3:], type, int(axis), norm, orthogonal)
        n = np.shape(x)[axis]
        g = np.moveaxis(g, axis, 0)[:n]
        g = np.pad(g, [(0, n - len(g)), *[(0, 0)] * (g.ndim - 1)]) if len(g) < n else g
        g = np.moveaxis(g, 0, axis)
    return g


def _along(g: Any, name: str, type: int, axis: int, norm: Any, orthogonal: bool) -> Any:
    from scipy import fft

    transform = fft.dct if name == "dct" else fft.dst
    options = {"axis": axis, "norm": norm, "orthogonalize": orthogonal}
    twice: Any = np.ones(g.shape[axis], g.dtype)
    if name == "dct" and type == 1:
        twice[1:-1] = 2.0
    elif type in (2, 3):
        twice[0 if name == "dct" else -1] = 0.5
    twice = twice.reshape(-1, *[1] * (g.ndim - 1 - axis % g.ndim))
    turned = _TURNED.get(type, type)
    if orthogonal or type == 4:
        return transform(g, turned, **options)
    if type == 3:
        return transform(g, turned, **options) * twice
    back = transform(g / twice, turned, **options)
    return back * twice if type == 1 else back


def simpson_weights(y: Any, h: Any) -> Any:
    """Return the weights of Simpson's rule for the last axis of some samples.

    Parameters
    ----------
    y : array
        The samples.
    h : number or array
        How far they are apart: from each to the next.
    """
    n, dtype = y.shape[-1], np.result_type(y.dtype, np.float32)
    steps = np.broadcast_to(h, np.broadcast_shapes(np.shape(h), (n - 1,)))
    weights = np.zeros((*steps.shape[:-1], n), dtype).real.copy()
    if n == 2:
        weights[:] = 0.5 * steps
        return weights
    odd = n - (1 - n % 2)
    f, s = steps[..., : odd - 1 : 2], steps[..., 1 : odd - 1 : 2]
    weights[..., : odd - 2 : 2] += (f + s) / 6.0 * (2.0 - s / f)
    weights[..., 1 : odd - 1 : 2] += (f + s) ** 3 / (6.0 * f * s)
    weights[..., 2:odd:2] += (f + s) / 6.0 * (2.0 - f / s)
    if odd < n:
        u, v = steps[..., -2], steps[..., -1]
        weights[..., -1] += v * (2.0 * v + 3.0 * u) / (6.0 * (u + v))
        weights[..., -2] += v * (v + 3.0 * u) / (6.0 * u)
        weights[..., -3] -= v**3 / (6.0 * u * (u + v))
    return weights


def simpson_spacing(y: Any, h: Any) -> Any:
    """Return how Simpson's rule changes with how far samples are apart, as `simpson_weights`."""
    n, dtype = y.shape[-1], np.result_type(y.dtype, np.float32)
    steps = np.broadcast_to(h, (*y.shape[:-1], n - 1))
    slopes = np.zeros(steps.shape, dtype)
    if n == 2:
        return 0.5 * (y[..., 1:] + y[..., :-1])
    odd = n - (1 - n % 2)
    f, s = steps[..., : odd - 1 : 2], steps[..., 1 : odd - 1 : 2]
    left, middle, right = y[..., : odd - 2 : 2], y[..., 1 : odd - 1 : 2], y[..., 2:odd:2]
    slopes[..., : odd - 1 : 2] += (
        left * (2.0 + (s / f) ** 2)
        + middle * (f + s) ** 2 * (2.0 * f - s) / (f * f * s)
        + right * (1.0 - 2.0 * f / s)
    ) / 6.0
    slopes[..., 1 : odd - 1 : 2] += (
        left * (1.0 - 2.0 * s / f)
        + middle * (f + s) ** 2 * (2.0 * s - f) / (f * s * s)
        + right * (2.0 + (f / s) ** 2)
    ) / 6.0
    if odd < n:
        _last(slopes, y, steps[..., -2], steps[..., -1])
    return slopes


def _last(slopes: Any, y: Any, u: Any, v: Any) -> None:
    """Add what the last step and the one before it do to the part of the last step."""
    both = 6.0 * (u + v) ** 2
    slopes[..., -2] += (
        y[..., -1] * v * v / both
        - y[..., -2] * v * v / (6.0 * u * u)
        + y[..., -3] * v**3 * (2.0 * u + v) / (u * u * both)
    )
    slopes[..., -1] += (
        y[..., -1] * (2.0 * v * v + 4.0 * u * v + 3.0 * u * u) / both
        + y[..., -2] * (2.0 * v + 3.0 * u) / (6.0 * u)
        - y[..., -3] * v * v * (3.0 * u + 2.0 * v) / (u * both)
    )


def romb_weights(y: Any) -> Any:
    """Return the weights of Romberg's rule for the last axis of some samples, 1 apart."""
    steps = y.shape[-1] - 1
    levels = max(steps, 1).bit_length() - 1
    if steps < 1 or 1 << levels != steps:
        raise ValueError("Number of samples must be one plus a non-negative power of 2.")
    rows = np.zeros((levels + 1, steps + 1))
    for k, row in enumerate(rows):
        step = steps >> k
        row[::step] = step
        row[0] = row[-1] = 0.5 * step
    for j in range(1, levels + 1):
        rows[j:] += (rows[j:] - rows[j - 1 : -1]) / ((1 << 2 * j) - 1)
    return rows[-1].astype(y.dtype if y.dtype.kind == "f" else float)
