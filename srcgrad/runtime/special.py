"""Special functions that derivatives need and that NumPy and ``math`` lack."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

# Chebyshev coefficients of exp(-x) I1(x) / x in x / 4 - 1 for 0 <= x <= 8, and of
# exp(-x) sqrt(x) I1(x) in 16 / x - 1 beyond.
_NEAR = (
    0.12629359322181682,
    -0.17641651835783406,
    0.1026436586898471,
    -0.05294598120809499,
    0.024726449030626516,
    -0.010564084894626197,
    0.004156422944312888,
    -0.0015135724506312532,
    0.0005122859561685758,
    -0.00016176081582589674,
    4.781565107550054e-05,
    -1.3273163656039436e-05,
    3.4702513081376785e-06,
    -8.568720264695455e-07,
    2.0032947535521353e-07,
    -4.445059128796328e-08,
    9.381537386495773e-09,
    -1.8872497517228294e-09,
    3.625590281552117e-10,
    -6.663489723502027e-11,
    1.1736186298890901e-11,
    -1.9839743977649436e-12,
    3.223793365945575e-13,
    -5.042185504727912e-14,
    7.600684294735408e-15,
    -1.1055969477353862e-15,
    1.5536319577362005e-16,
    -2.111421214358166e-17,
    2.7779141127610464e-18,
)
_FAR = (
    0.38928811750914005,
    -0.009761097491361469,
    -0.00011058893876262371,
    -3.882564808877691e-06,
    -2.512236237870209e-07,
    -2.6314688468895196e-08,
    -3.835380385964237e-09,
    -5.589743462196584e-10,
    -1.8974958123505413e-11,
    3.2526035830154884e-11,
    1.4125807436613782e-11,
    2.0356285441470896e-12,
    -7.198551776245908e-13,
    -4.0835511110921974e-13,
    -2.1015418427726643e-14,
    4.272440016711951e-14,
    1.0420276984128802e-14,
    -3.8144030724370075e-15,
    -1.8803547755107825e-15,
    3.3082023109209285e-16,
    2.96262899764595e-16,
    -3.209525921993424e-17,
    -4.6503053684893586e-17,
    4.414348323071708e-18,
    7.517296310842105e-18,
    -9.314178867326884e-19,
    -1.242193275194891e-18,
)

_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_LARGE = 16.0
"""From here on the asymptotic series of `polygamma` is used."""


def bessel_i1(x: Any) -> Any:
    """Return the modified Bessel function of the first kind, of order 1: the slope of ``np.i0``.

    Parameters
    ----------
    x : array or scalar
        Real numbers.
    """
    size = np.abs(np.asarray(x, np.result_type(x, 1.0 if np.ndim(x) == 0 else np.float32)))
    small = np.minimum(size, 8.0)
    near = small * chebyshev.chebval(small / 4.0 - 1.0, _NEAR)
    far = np.maximum(size, 8.0)
    beyond = chebyshev.chebval(16.0 / far - 1.0, _FAR) / np.sqrt(far)
    out = np.sign(x) * np.exp(size) * np.where(size <= 8.0, near, beyond)
    return out.astype(size.dtype)[()]


def polygamma(n: int, x: float) -> float:
    """Return the derivative number ``n + 1`` of the logarithm of the gamma function.

    Parameters
    ----------
    n : int
        0 for the digamma function, 1 for the trigamma function, and so on.
    x : float
        A number, not a pole: 0 or a negative whole number.
    """
    total, sign = 0.0, -1.0 if n % 2 else 1.0
    while x < _LARGE:
        total -= sign * math.factorial(n) / x ** (n + 1)
        x += 1.0
    if n == 0:
        tail = math.log(x) - 0.5 / x
        tail -= sum(b / (2 * k * x ** (2 * k)) for k, b in enumerate(_BERNOULLI, 1))
        return total + tail
    tail = math.factorial(n - 1) / x**n + math.factorial(n) / (2.0 * x ** (n + 1))
    for k, b in enumerate(_BERNOULLI, 1):
        tail += b * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * x ** (2 * k + n))
    return total - sign * tail
