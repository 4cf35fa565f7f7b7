"""A recurrent net that runs until it has settled: the loop ends early, and so does its gradient.

Run with ``python examples/recurrent.py``.  The net learns a function of two numbers from noise-free
samples; its answer is read off the state in which it comes to rest.
"""

from __future__ import annotations

import numpy as np

from srcgrad import grad


def settle(p, inputs, limit=60, tolerance=1e-5):
    state = np.zeros((inputs.shape[0], p["A"].shape[0]))
    drive = inputs @ p["B"] + p["c"]
    for _ in range(limit):
        new = np.tanh(state @ p["A"] + drive)
        change = np.max(np.abs(new - state))
        state = new
        if change < tolerance:
            break
    return state


@grad
def loss(p, inputs, targets):
    answers = settle(p, inputs) @ p["C"]
    return np.mean((answers - targets) ** 2) + 1e-6 * np.sum(p["A"] ** 2)


def adam(p, inputs, targets, steps=400, rate=0.02):
    """Minimise with Adam, in place."""
    mean = {name: np.zeros_like(value) for name, value in p.items()}
    square = {name: np.zeros_like(value) for name, value in p.items()}
    for step in range(1, steps + 1):
        value, gradient = loss.value_and_grad(p, inputs, targets)
        for name, d in gradient.items():
            mean[name] += 0.1 * (d - mean[name])
            square[name] += 0.001 * (d * d - square[name])
            size = np.sqrt(square[name] / (1.0 - 0.999**step)) + 1e-8
            p[name] -= rate * mean[name] / (1.0 - 0.9**step) / size
        if step % 100 == 0:
            print(f"step {step:4d}: loss {value:.6f}")


def slope(p, inputs, targets, name, index, h=1e-5):
    """One entry of the gradient by differences, with the number of turns held as it falls."""
    up = {**p, name: p[name].copy()}
    down = {**p, name: p[name].copy()}
    up[name][index] += h
    down[name][index] -= h
    return (loss.primal(up, inputs, targets) - loss.primal(down, inputs, targets)) / (2.0 * h)


def main() -> int:
    rng = np.random.default_rng(0)
    inputs = rng.uniform(-1.0, 1.0, size=(200, 2))
    targets = np.sin(2.0 * inputs[:, 0]) * inputs[:, 1]
    p = {
        "A": 0.3 * rng.normal(size=(12, 12)) / np.sqrt(12),
        "B": rng.normal(size=(2, 12)),
        "c": np.zeros(12),
        "C": 0.1 * rng.normal(size=12),
    }
    print(loss.source_for(p, inputs, targets))
    adam(p, inputs, targets)

    gradient = loss(p, inputs, targets)
    by_differences = slope(p, inputs, targets, "A", (3, 5))
    gap = abs(gradient["A"][3, 5] - by_differences)
    left = np.mean((settle(p, inputs) @ p["C"] - targets) ** 2) / np.var(targets)
    good = left < 0.01 and gap < 1e-6
    verdict = "OK" if good else "FAILED"
    print(f"check: unexplained {left:.4f}, against differences {gap:.0e} {verdict}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
