"""What a distribution makes of the numbers that it is given."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Correlation(NamedTuple):
    """What ``scipy.stats.pearsonr`` gives, as far as it is differentiated."""

    statistic: Any
    pvalue: Any


def doubles(x: Any) -> Any:
    """Return numbers in double precision.

    Parameters
    ----------
    x : array, list or scalar
        Real numbers.
    """
    return np.asarray(x, float)[()]


def valid(x: Any, test: Any) -> Any:
    """Return numbers where a test of the parameters holds, and NaN elsewhere.

    Parameters
    ----------
    x : array or scalar
        Real numbers.
    test : array or scalar of bool
        Whether the parameters of a distribution are those that it can have.
    """
    if test is True or (np.ndim(test) == 0 and test):
        return x
    return np.where(test, x, np.nan)[()]
