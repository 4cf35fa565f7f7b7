"""What the derivatives of SciPy's linear algebra need: pivots, diagonals, bands."""

from __future__ import annotations

from typing import Any

import numpy as np


def permutation(pivots: Any, rows: int | None = None) -> Any:
    """Return in which order the rows of a matrix are after the swaps that LAPACK made.

    Parameters
    ----------
    pivots : array of int
        With which row each one was swapped, in turn.
    rows : int, optional
        How many rows there are, if more than pivots.
    """
    order = np.arange(len(pivots) if rows is None else rows)
    for i, k in enumerate(pivots):
        order[i], order[k] = order[k], order[i]
    return order


def slanted_sums(x: Any) -> Any:
    """Return the sums of ``x[i, j]`` over equal ``i + j``.

    Parameters
    ----------
    x : array
        A matrix.
    """
    rows, columns = x.shape
    wide = np.zeros((rows, rows + columns), x.dtype)
    wide[:, :columns] = x
    width = max(rows + columns - 1, 0)
    return wide.ravel()[: rows * width].reshape(rows, width).sum(axis=0)


def band_turned(ab: Any, below: int, above: int) -> Any:
    """Return the band of the transposed matrix, of which ``above`` and ``below`` are swapped.

    Parameters
    ----------
    ab : array
        A band in the form of ``scipy.linalg.solve_banded``.
    below, above : int
        How many diagonals are below and above the main one.
    """
    out = np.zeros_like(ab)
    n = ab.shape[-1]
    for k in range(-below, above + 1):  # the entries [j - k, j] become [j, j - k]
        row, turned = ab[above - k], out[below + k]
        if k >= 0:
            turned[: n - k] = row[k:]
        else:
            turned[-k:] = row[: n + k]
    return out


def band_outer(x: Any, y: Any, below: int, above: int) -> Any:
    """Return the band of ``x @ y.T``, of vectors or of matrices with as many rows.

    Parameters
    ----------
    x, y : array
        Vectors, or matrices of one shape.
    below, above : int
        How many diagonals are below and above the main one.
    """
    n = len(x)
    one, other = np.reshape(x, (n, -1)), np.reshape(y, (n, -1))
    out = np.zeros((below + above + 1, n), np.result_type(one, other))
    for k in range(-below, above + 1):
        if abs(k) < n and k >= 0:
            out[above - k, k:] = np.sum(one[: n - k] * other[k:], axis=1)
        elif abs(k) < n:
            out[above - k, : n + k] = np.sum(one[-k:] * other[: n + k], axis=1)
    return out


def band_even(x: Any, y: Any, width: int, lower: bool) -> Any:
    """Return what ``x @ y.T`` gives to the band of a symmetric matrix: what mirrors is added.

    Parameters
    ----------
    x, y : array
        Vectors, or matrices of one shape.
    width : int
        How many diagonals are beside the main one.
    lower : bool
        Whether the band is that below the diagonal.
    """
    whole = band_outer(x, y, width, width)
    mirrored = band_turned(whole, width, width)
    both = whole + mirrored
    both[width] *= 0.5
    return both[width:] if lower else both[: width + 1]


def band_factor(x: Any, y: Any, cb: Any, lower: bool) -> Any:
    """Return what ``x @ y.T + y @ x.T`` gives to the factor of a band matrix.

    Parameters
    ----------
    x, y : array
        Vectors, or matrices of one shape.
    cb : array
        The factor, as ``scipy.linalg.cholesky_banded`` gives it.
    lower : bool
        Whether it is the lower one.
    """
    n, width = cb.shape[1], len(cb) - 1
    band = cb if lower else band_turned(cb, 0, width)
    one, other = np.reshape(x, (n, -1)), np.reshape(y, (n, -1))
    along_one, along_other = _times_turned(band, one), _times_turned(band, other)
    owed = band_outer(one, along_other, width, 0) + band_outer(other, along_one, width, 0)
    return owed if lower else band_turned(owed, width, 0)


def _times_turned(band: Any, x: Any) -> Any:
    """Multiply by the transposed matrix of a lower band."""
    n = band.shape[1]
    out = np.zeros_like(x)
    for k, diagonal in enumerate(band):
        if k < n:
            out[: n - k] += diagonal[: n - k, None] * x[k:]
    return out


def band_cholesky_pulled(g: Any, cb: Any, lower: bool) -> Any:
    """Return what is owed to a band by its Cholesky factor: column by column, from the last.

    Parameters
    ----------
    g, cb : array
        What is owed to the factor, and the factor.
    lower : bool
        Whether it is the lower one.
    """
    width = len(cb) - 1
    if not lower:
        turned = band_turned(g, 0, width), band_turned(cb, 0, width)
        return band_turned(band_cholesky_pulled(*turned, True), width, 0)
    n, out = cb.shape[1], np.array(g)
    for j in range(n - 1, -1, -1):
        left = np.arange(max(j - width, 0), j)
        below = np.arange(1, min(width, n - 1 - j) + 1)
        far = j + below[:, None] - left
        inside = far <= width
        far = np.where(inside, far, 0)
        block = np.where(inside, cb[far, left], 0.0)
        row, column, corner = cb[j - left, left], cb[below, j], cb[0, j]
        out[0, j] = (out[0, j] - column @ out[below, j] / corner) / corner
        out[below, j] /= corner
        out[j - left, left] -= out[0, j] * row + out[below, j] @ block
        spread = np.where(inside, out[below, j][:, None] * row, 0.0)
        np.subtract.at(out, (far, np.broadcast_to(left, far.shape)), spread)
        out[0, j] *= 0.5
    return out
