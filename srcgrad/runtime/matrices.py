"""What is known of matrices that have no inverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.arrays import product_of_others


def cofactors(a: Any) -> Any:
    """Return the derivative of the determinant, also of a singular matrix: its cofactors.

    Parameters
    ----------
    a : array
        A square matrix, or a stack of them.
    """
    u, s, vh = np.linalg.svd(a)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return np.expand_dims(sign, (-2, -1)) * ((u * product_of_others(s, -1)[..., None, :]) @ vh)
