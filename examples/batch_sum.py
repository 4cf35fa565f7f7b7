"""The gradient over a batch is the sum of the gradients of its examples.

Run with ``python examples/batch_sum.py``.  A classifier is trained by stochastic gradient descent
on scikit-learn's breast cancer data; then the two ways to its gradient are compared.
"""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_breast_cancer

from srcgrad import grad


@grad(wrt=("w", "b"))
def batch_loss(w, b, X, y):
    margin = y * (X @ w + b)
    return np.sum(np.log1p(np.exp(-margin)))


@grad(wrt=("w", "b"))
def example_loss(w, b, x, label):
    return np.log1p(np.exp(-label * (x @ w + b)))


def sgd(w, b, X, y, rng, epochs=20, batch=32, rate=0.05, momentum=0.9):
    """Stochastic gradient descent with momentum."""
    speed_w, speed_b = np.zeros_like(w), 0.0
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch):
            rows = order[start : start + batch]
            d_w, d_b = batch_loss(w, b, X[rows], y[rows])
            speed_w = momentum * speed_w - rate * d_w / len(rows)
            speed_b = momentum * speed_b - rate * d_b / len(rows)
            w = w + speed_w
            b = b + speed_b
    return w, b


def main() -> int:
    rng = np.random.default_rng(0)
    data = load_breast_cancer()
    X = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    y = 2.0 * data.target - 1.0
    w, b = sgd(np.zeros(X.shape[1]), 0.0, X, y, rng)
    accuracy = np.mean(np.sign(X @ w + b) == y)
    print(f"accuracy {accuracy:.3f}")
    print(batch_loss.source_for(w, b, X, y))
    print(example_loss.source_for(w, b, X[0], y[0]))

    d_w, d_b = batch_loss(w, b, X, y)
    sum_w, sum_b = np.zeros_like(w), 0.0
    for x, label in zip(X, y, strict=True):
        one_w, one_b = example_loss(w, b, x, label)
        sum_w += one_w
        sum_b += one_b
    gap = max(np.max(np.abs(d_w - sum_w)), abs(d_b - sum_b))
    good = gap < 1e-11 and accuracy > 0.95
    print(f"check: batch against sum of {len(y)} examples {gap:.0e} {'OK' if good else 'FAILED'}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
