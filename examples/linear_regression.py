"""Linear regression by gradient descent, down to the closed-form optimum.

Run with ``python examples/linear_regression.py``; the data are scikit-learn's diabetes set.
"""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_diabetes

from srcgrad import grad


@grad(wrt=("w", "b"))
def loss(w, b, X, y):
    err = X @ w + b - y
    return np.mean(err**2)


def descend(X, y, rate=0.2, steps=30_000):
    """Take steps against the gradient until it is as good as zero."""
    w, b = np.zeros(X.shape[1]), 0.0
    for step in range(steps):
        d_w, d_b = loss(w, b, X, y)
        w -= rate * d_w
        b -= rate * d_b
        if step in (0, 10, 100, 1000, 10_000):
            print(f"step {step:6d}: loss {loss.primal(w, b, X, y):.6f}")
        if np.sqrt(d_w @ d_w + d_b * d_b) < 1e-10:
            break
    print(f"step {step:6d}: loss {loss.primal(w, b, X, y):.6f}")
    return w, b


def main() -> int:
    data = load_diabetes()
    X = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    y = (data.target - data.target.mean()) / data.target.std()

    w, b = descend(X, y)
    print(loss.source_for(w, b, X, y))

    best = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]
    gap = np.max(np.abs(np.append(w, b) - best))
    excess = loss.primal(w, b, X, y) - loss.primal(best[:-1], best[-1], X, y)
    good = gap < 1e-6 and excess < 1e-12
    print(f"check: distance to the closed form {gap:.1e} {'OK' if good else 'FAILED'}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
