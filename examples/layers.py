"""A chain of layers X_0 ... X_m with weights W_1 ... W_m, of any depth, with skip connections.

Run with ``python examples/layers.py --depth 5``; the data are scikit-learn's digits.  Prints the
generated gradient, trains, and prints how the gradient travels down the chain.
"""

from __future__ import annotations

import argparse
from itertools import pairwise

import numpy as np
from sklearn.datasets import load_digits

from srcgrad import grad


def layer(X, W, skip):
    out = np.tanh(X @ W)
    if skip and W.shape[0] == W.shape[1]:
        out = out + X
    return out


@grad(wrt=("Ws", "X"))
def loss(Ws, X, labels, skip):
    for W in Ws[:-1]:
        X = layer(X, W, skip)
    logits = X @ Ws[-1]
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(log_sum - shifted[np.arange(len(labels)), labels])


def chain(Ws, X, skip):
    """All of X_0 ... X_m."""
    Xs = [X]
    for W in Ws[:-1]:
        Xs.append(layer(Xs[-1], W, skip))
    Xs.append(Xs[-1] @ Ws[-1])
    return Xs


def train(Ws, X, labels, skip, rng, epochs=25, batch=64, rate=3e-3):
    """Minimise with Adam, in place."""
    mean = [np.zeros_like(W) for W in Ws]
    square = [np.zeros_like(W) for W in Ws]
    step = 0
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch):
            rows = order[start : start + batch]
            d_Ws, _ = loss(Ws, X[rows], labels[rows], skip)
            step += 1
            for W, d_W, m, s in zip(Ws, d_Ws, mean, square, strict=True):
                m += 0.1 * (d_W - m)
                s += 0.001 * (d_W * d_W - s)
                size = np.sqrt(s / (1.0 - 0.999**step)) + 1e-8
                W -= rate * m / (1.0 - 0.9**step) / size
        if epoch % 5 == 4:
            print(f"epoch {epoch + 1:3d}: loss {loss.primal(Ws, X, labels, skip):.4f}")


def travel(Ws, X, labels, skip):
    """Print the gradient at each X_k and W_k; return how well the pieces agree with the whole.

    The layers from k on are a chain of their own, whose gradient is that of the whole one.
    """
    whole, _ = loss(Ws, X, labels, skip)
    worst = 0.0
    for k, X_k in enumerate(chain(Ws, X, skip)[:-1]):
        rest, d_X = loss(Ws[k:], X_k, labels, skip)
        size_X, size_W = np.linalg.norm(d_X), np.linalg.norm(rest[0])
        print(f"|d_X_{k}| = {size_X:.3e}   |d_W_{k + 1}| = {size_W:.3e}")
        worst = max(worst, np.max(np.abs(rest[0] - whole[k])))
    return worst


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--depth", type=int, default=4, help="number of weights, at least 1")
    parser.add_argument("--skip", action=argparse.BooleanOptionalAction, default=True)
    arguments = parser.parse_args()

    rng = np.random.default_rng(0)
    digits = load_digits()
    order = rng.permutation(len(digits.data))
    X, labels = digits.data[order] / 16.0 - 0.3, digits.target[order]
    train_X, test_X, train_labels, test_labels = X[:1347], X[1347:], labels[:1347], labels[1347:]

    sizes = [64, *[48] * (arguments.depth - 1), 10]
    shapes = list(pairwise(sizes))
    Ws = [rng.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes]

    print(loss.source_for(Ws, train_X, train_labels, arguments.skip))
    train(Ws, train_X, train_labels, arguments.skip, rng)
    gap = travel(Ws, test_X, test_labels, arguments.skip)

    guess = np.argmax(chain(Ws, test_X, arguments.skip)[-1], axis=1)
    accuracy = np.mean(guess == test_labels)
    good = accuracy > 0.95 and gap < 1e-12
    print(f"check: test accuracy {accuracy:.3f}, chain {gap:.0e} {'OK' if good else 'FAILED'}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
