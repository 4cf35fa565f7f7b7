"""The measured losses, each with a careful hand-written NumPy gradient.

The losses use nothing but ``np`` and arithmetic, so that the same code runs under autograd, JAX
and PyTorch with another module in the place of ``np`` (see libraries.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

STEPS = 200


@dataclass(frozen=True)
class Bench:
    """One loss: what to differentiate, by hand too, and arguments of the measured size."""

    name: str
    loss: Callable[..., Any]
    hand: Callable[..., tuple[Any, ...]]
    make_args: Callable[[np.random.Generator], tuple[Any, ...]]
    wrt: tuple[int, ...]

    def args(self) -> tuple[Any, ...]:
        """New arguments, the same ones every time."""
        return self.make_args(np.random.default_rng(0))


def rosenbrock2(x, y):
    return (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2


def rosenbrock2_hand(x, y):
    d_c = 200.0 * (y - x * x)
    return -2.0 * (1.0 - x) - 2.0 * d_c * x, d_c


def rosenbrock10(x):
    head = x[:-1]
    return np.sum(100.0 * (x[1:] - head**2) ** 2 + (1.0 - head) ** 2)


def rosenbrock10_hand(x):
    head = x[:-1]
    d_c = 200.0 * (x[1:] - head * head)
    d_x = np.empty_like(x)
    d_x[-1] = 0.0
    d_x[:-1] = -2.0 * (1.0 - head) - 2.0 * d_c * head
    d_x[1:] += d_c
    return (d_x,)


def linear(w, b, X, y):
    err = X @ w + b - y
    return np.mean(err**2)


def linear_hand(w, b, X, y):
    err = X @ w + b - y
    d_err = (2.0 / err.size) * err
    return X.T @ d_err, d_err.sum()


def logistic(w, b, X, y):
    margin = y * (X @ w + b)
    return np.mean(np.log1p(np.exp(-margin)))


def logistic_hand(w, b, X, y):
    e = np.exp(-y * (X @ w + b))
    d_z = y * (e / (1.0 + e))
    d_z *= -1.0 / y.size
    return X.T @ d_z, d_z.sum()


def mlp(W1, b1, W2, b2, W3, b3, X, labels):
    h1 = np.maximum(X @ W1 + b1, 0.0)
    h2 = np.maximum(h1 @ W2 + b2, 0.0)
    logits = h2 @ W3 + b3
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(log_sum - shifted[np.arange(len(labels)), labels])


def mlp_hand(W1, b1, W2, b2, W3, b3, X, labels):
    n = len(labels)
    h1 = X @ W1
    h1 += b1
    np.maximum(h1, 0.0, out=h1)
    h2 = h1 @ W2
    h2 += b2
    np.maximum(h2, 0.0, out=h2)
    logits = h2 @ W3 + b3
    d = np.exp(logits - logits.max(axis=1, keepdims=True))
    d /= d.sum(axis=1, keepdims=True)
    d[np.arange(n), labels] -= 1.0
    d /= n
    d_h2 = d @ W3.T
    d_h2 *= h2 > 0.0
    d_h1 = d_h2 @ W2.T
    d_h1 *= h1 > 0.0
    return (
        X.T @ d_h1,
        d_h1.sum(axis=0),
        h1.T @ d_h2,
        d_h2.sum(axis=0),
        h2.T @ d,
        d.sum(axis=0),
    )


def rnn(Wx, Wh, b, Wo, xs, h0, y):
    h = h0
    for t in range(len(xs)):
        h = np.tanh(xs[t] @ Wx + h @ Wh + b)
    out = h @ Wo
    return np.mean((out - y) ** 2)


def rnn_hand(Wx, Wh, b, Wo, xs, h0, y):
    h = h0
    hs = [h]
    for x in xs:
        h = np.tanh(x @ Wx + h @ Wh + b)
        hs.append(h)
    diff = h @ Wo - y
    d_out = (2.0 / diff.size) * diff
    d_Wo = h.T @ d_out
    d_h = d_out @ Wo.T
    d_Wx, d_Wh, d_b = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    WhT = Wh.T
    for t in range(len(xs) - 1, -1, -1):
        h = hs[t + 1]
        d_z = d_h * (1.0 - h * h)
        d_Wx += xs[t].T @ d_z
        d_Wh += hs[t].T @ d_z
        d_b += d_z.sum(axis=0)
        d_h = d_z @ WhT
    return d_Wx, d_Wh, d_b, d_Wo


def gmm(logits, means, log_scales, x):
    log_pi = logits - np.log(np.sum(np.exp(logits)))
    z = (x[:, None, :] - means) * np.exp(-log_scales)
    logp = log_pi - np.sum(log_scales, axis=1) - 0.5 * np.sum(z * z, axis=2)
    m = np.max(logp, axis=1, keepdims=True)
    return -np.sum(m[:, 0] + np.log(np.sum(np.exp(logp - m), axis=1)))


def gmm_hand(logits, means, log_scales, x):
    pi = np.exp(logits)
    total = pi.sum()
    inv = np.exp(-log_scales)
    z = (x[:, None, :] - means) * inv
    logp = logits - np.log(total) - log_scales.sum(axis=1) - 0.5 * np.sum(z * z, axis=2)
    r = np.exp(logp - logp.max(axis=1, keepdims=True))
    r /= r.sum(axis=1, keepdims=True)
    weight = r.sum(axis=0)
    rz = r[:, :, None] * z
    d_means = -rz.sum(axis=0) * inv
    rz *= z
    d_scales = weight[:, None] - rz.sum(axis=0)
    return len(x) * pi / total - weight, d_means, d_scales


def ode(r, k, c, y0, dt):
    y = y0
    for _ in range(STEPS):
        growth = r * y * (1.0 - y / k)
        loss = c * y * y / (1.0 + y * y)
        y = y + dt * (growth - loss)
    return y * y


def ode_hand(r, k, c, y0, dt):
    y = y0
    ys = []
    for _ in range(STEPS):
        ys.append(y)
        y2 = y * y
        y = y + dt * (r * y * (1.0 - y / k) - c * y2 / (1.0 + y2))
    d_y = 2.0 * y
    d_r = d_k = d_c = 0.0
    for y in reversed(ys):
        g = d_y * dt
        free = 1.0 - y / k
        grown = g * r * y
        q = 1.0 / (1.0 + y * y)
        d_r += g * y * free
        d_k += grown * y / (k * k)
        d_c -= g * y * y * q
        d_y += g * r * free - grown / k - 2.0 * g * c * y * q * q
    return d_r, d_k, d_c


def _mlp_args(rng, dtype):
    sizes = (784, 256, 128, 10)
    args = []
    for n, m in pairwise(sizes):
        args += [(rng.normal(size=(n, m)) / np.sqrt(n)).astype(dtype), np.zeros(m, dtype)]
    return (*args, rng.normal(size=(128, 784)).astype(dtype), rng.integers(0, 10, 128))


def _linear_args(rng, n, k):
    return rng.normal(size=k), 0.1, rng.normal(size=(n, k)), rng.normal(size=n)


def _logistic_args(rng):
    w, b, X, y = _linear_args(rng, 10_000, 30)
    return 0.1 * w, b, X, np.sign(y)


def _rnn_args(rng, steps=40, batch=32, n_in=16, n=64, n_out=8):
    return (
        rng.normal(size=(n_in, n)) / 4,
        rng.normal(size=(n, n)) / 8,
        np.zeros(n),
        rng.normal(size=(n, n_out)) / 8,
        rng.normal(size=(steps, batch, n_in)),
        np.zeros((batch, n)),
        rng.normal(size=(batch, n_out)),
    )


def _gmm_args(rng, n=2000, k=8, d=5):
    return rng.normal(size=k), rng.normal(size=(k, d)), np.zeros((k, d)), rng.normal(size=(n, d))


CASES = (
    Bench("Rosenbrock, 2 scalars", rosenbrock2, rosenbrock2_hand, lambda r: (-1.2, 1.0), (0, 1)),
    Bench(
        "Rosenbrock, 10 elements",
        rosenbrock10,
        rosenbrock10_hand,
        lambda r: (r.normal(size=10),),
        (0,),
    ),
    Bench("linear 1000x20", linear, linear_hand, lambda r: _linear_args(r, 1000, 20), (0, 1)),
    Bench("logistic 10000x30", logistic, logistic_hand, _logistic_args, (0, 1)),
    Bench("MLP float32", mlp, mlp_hand, lambda r: _mlp_args(r, np.float32), tuple(range(6))),
    Bench("MLP float64", mlp, mlp_hand, lambda r: _mlp_args(r, np.float64), tuple(range(6))),
    Bench("RNN, 40 steps", rnn, rnn_hand, _rnn_args, (0, 1, 2, 3)),
    Bench("Gaussian mixture", gmm, gmm_hand, _gmm_args, (0, 1, 2)),
    Bench(
        f"scalar ODE, {STEPS} steps", ode, ode_hand, lambda r: (0.9, 4.0, 0.6, 0.5, 0.05), (0, 1, 2)
    ),
)
