"""Arrays to check rules with: random, but the same in every run."""

from __future__ import annotations

from typing import Any

import numpy as np


def rand(*shape: int, seed: int = 0, low: float = -2.0, high: float = 2.0) -> Any:
    """Random numbers no two of which are close."""
    rng = np.random.default_rng([seed, *shape])
    n = int(np.prod(shape))
    values = np.linspace(low, high, n + 2)[1:-1] + 0.3 * (high - low) / (n + 2) * rng.random(n)
    return rng.permutation(values + 0.01 * seed).reshape(shape)


def strided(*shape: int, seed: int = 0, low: float = -2.0, high: float = 2.0) -> Any:
    """The same, not contiguous, reversed in its last axis."""
    wide = rand(*shape[:-1], 2 * shape[-1], seed=seed, low=low, high=high)
    return wide[..., ::-2]


def single(x: Any) -> Any:
    return np.asarray(x, np.float32)
