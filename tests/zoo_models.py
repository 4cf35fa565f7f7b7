"""Small models as people write them."""

from __future__ import annotations

import math

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


def rosenbrock_n(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


case(rosenbrock_n, lambda r: (normal(r, 10),), "golden")


def ridge(w, X, y, alpha):
    residual = X @ w - y
    return 0.5 * residual @ residual + 0.5 * alpha * w @ w


case(ridge, lambda r: (normal(r, 3), normal(r, 8, 3), normal(r, 8), 0.1), "golden")


def poisson_glm(beta, X, counts):
    eta = X @ beta
    return np.sum(np.exp(eta) - counts * eta)


case(poisson_glm, lambda r: (normal(r, 3), normal(r, 8, 3), np.arange(8)), "golden")


def huber(w, X, y, delta):
    r = y - X @ w
    small = np.abs(r) <= delta
    return np.sum(np.where(small, 0.5 * r ** 2, delta * (np.abs(r) - 0.5 * delta)))


case(huber, lambda r: (normal(r, 3), normal(r, 8, 3), normal(r, 8), 0.8), "golden")


def hinge(w, X, labels, lam):
    margins = labels * X.dot(w)
    return np.mean(np.maximum(0.0, 1.0 - margins)) + lam * np.sum(w ** 2)


case(hinge, lambda r: (normal(r, 3), normal(r, 8, 3), np.sign(normal(r, 8)), 0.1))


def quantile_loss(b, y, q):
    total = 0.0
    for item in y:
        diff = item - b
        total += q * diff if diff > 0 else (q - 1.0) * diff
    return total / len(y)


case(quantile_loss, lambda r: (0.3, normal(r, 7), 0.9))


def rnn(Wx, Wh, b, xs, y):
    h = np.zeros(Wh.shape[0])
    loss = 0.0
    for t in range(len(xs)):
        h = np.tanh(xs[t] @ Wx + h @ Wh + b)
        loss = loss + np.sum((h - y[t]) ** 2)
    return loss / len(xs)


case(
    rnn,
    lambda r: (
        normal(r, 2, 3),
        0.5 * normal(r, 3, 3),
        normal(r, 3),
        normal(r, 5, 2),
        normal(r, 5, 3),
    ),
    "golden",
    wrt=("Wx", "Wh", "b"),
)


def gru_cell(p, x, h):
    z = 1.0 / (1.0 + np.exp(-(x @ p["Wz"] + h @ p["Uz"])))
    r = 1.0 / (1.0 + np.exp(-(x @ p["Wr"] + h @ p["Ur"])))
    new = np.tanh(x @ p["Wn"] + (r * h) @ p["Un"])
    return (1.0 - z) * h + z * new


def gru(p, xs, target):
    h = np.zeros(3)
    for x in xs:
        h = gru_cell(p, x, h)
    return np.sum((h - target) ** 2)


case(
    gru,
    lambda r: (
        {k + g: normal(r, 2 if k == "W" else 3, 3) for k in "WU" for g in "zrn"},
        normal(r, 4, 2),
        normal(r, 3),
    ),
)


def gmm(log_weights, means, log_scales, x):
    log_pi = log_weights - np.log(np.sum(np.exp(log_weights)))
    z = (x[:, None] - means) / np.exp(log_scales)
    logp = log_pi - log_scales - 0.5 * z ** 2 - 0.5 * math.log(2.0 * math.pi)
    m = np.max(logp, axis=1, keepdims=True)
    return -np.sum(m[:, 0] + np.log(np.sum(np.exp(logp - m), axis=1)))


case(
    gmm,
    lambda r: (normal(r, 3), normal(r, 3), 0.3 * normal(r, 3), normal(r, 9)),
    "golden",
    wrt=(0, 1, 2),
)


def hmm(log_init, log_trans, log_emit, observations):
    alpha = log_init + log_emit[:, observations[0]]
    for o in observations[1:]:
        scores = alpha[:, None] + log_trans
        m = scores.max(axis=0)
        alpha = m + np.log(np.sum(np.exp(scores - m), axis=0)) + log_emit[:, o]
    m = alpha.max()
    return -(m + np.log(np.sum(np.exp(alpha - m))))


case(hmm, lambda r: (normal(r, 3), normal(r, 3, 3), normal(r, 3, 2), [0, 1, 1, 0]), wrt=(0, 1, 2))


def kalman(params, ys):
    a, log_q, log_r = params
    mean, var, nll = 0.0, 1.0, 0.0
    for y in ys:
        mean, var = a * mean, a * a * var + math.exp(log_q)
        s = var + math.exp(log_r)
        gain = var / s
        nll += 0.5 * (math.log(2 * math.pi * s) + (y - mean) ** 2 / s)
        mean, var = mean + gain * (y - mean), (1.0 - gain) * var
    return nll


case(kalman, lambda r: ((0.9, -1.0, -0.5), list(normal(r, 6))))


def pendulum(theta, omega, length, dt, steps):
    for _ in range(steps):
        acceleration = -9.81 / length * math.sin(theta)
        omega = omega + dt * acceleration
        theta = theta + dt * omega
    return 0.5 * (length * omega) ** 2 + 9.81 * length * (1.0 - math.cos(theta))


case(pendulum, lambda r: (0.5, 0.1, 1.2, 0.01, 15), wrt=(0, 1, 2))


def rhs(state, params):
    prey, predator = state
    a, b, c, d = params
    return a * prey - b * prey * predator, -c * predator + d * prey * predator


def lotka_volterra(params, dt, steps):
    state = (1.0, 0.5)
    for _ in range(steps):
        k1 = rhs(state, params)
        middle = tuple(s + 0.5 * dt * k for s, k in zip(state, k1))
        k2 = rhs(middle, params)
        state = tuple(s + dt * k for s, k in zip(state, k2))
    return state[0] ** 2 + state[1]


case(lotka_volterra, lambda r: ([1.1, 0.4, 0.4, 0.1], 0.05, 8))


def rk4(y0, k, dt, steps):
    def field(y):
        return -k * y + np.sin(y)

    y = y0
    for _ in range(steps):
        k1 = field(y)
        k2 = field(y + 0.5 * dt * k1)
        k3 = field(y + 0.5 * dt * k2)
        k4 = field(y + dt * k3)
        y = y + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(y ** 2)


case(rk4, lambda r: (normal(r, 3), 0.7, 0.1, 5), wrt=(0, 1))


def lennard_jones(positions):
    energy = 0.0
    n = len(positions)
    for i in range(n):
        for j in range(i + 1, n):
            d = positions[i] - positions[j]
            r6 = np.sum(d * d) ** 3
            energy += 4.0 * (1.0 / r6 ** 2 - 1.0 / r6)
    return energy


case(lennard_jones, lambda r: (2.0 * np.eye(4, 3) + 0.1 * normal(r, 4, 3),), "golden")


def pairwise_energy(positions):
    diff = positions[:, None, :] - positions[None, :, :]
    d2 = np.sum(diff ** 2, axis=-1) + np.eye(len(positions))
    return 0.5 * np.sum(1.0 / np.sqrt(d2))


case(pairwise_energy, lambda r: (normal(r, 4, 3),))


def attention(Wq, Wk, Wv, X):
    q, k, v = X @ Wq, X @ Wk, X @ Wv
    scores = q @ k.T / np.sqrt(k.shape[-1])
    scores = scores - scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return np.sum((weights @ v) ** 2)


case(
    attention,
    lambda r: (normal(r, 3, 2), normal(r, 3, 2), normal(r, 3, 2), normal(r, 4, 3)),
    "golden",
    wrt=(0, 1, 2, 3),
)


def layer_norm(x, gain, bias, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    out = gain * (x - mean) / np.sqrt(var + eps) + bias
    return np.sum(out ** 3)


case(layer_norm, lambda r: (normal(r, 4, 3), normal(r, 3), normal(r, 3)), wrt=(0, 1, 2))


def matrix_factorisation(U, V, R, mask):
    error = mask * (R - U @ V.T)
    return np.sum(error ** 2) + 0.1 * (np.sum(U ** 2) + np.sum(V ** 2))


case(
    matrix_factorisation,
    lambda r: (normal(r, 4, 2), normal(r, 3, 2), normal(r, 4, 3), (normal(r, 4, 3) > 0) * 1.0),
    "golden",
    wrt=("U", "V"),
)


def convolution(kernel, signal):
    n, k = len(signal), len(kernel)
    out = 0.0
    for i in range(n - k + 1):
        window = signal[i : i + k]
        out += np.tanh(window @ kernel)
    return out


case(convolution, lambda r: (normal(r, 3), normal(r, 8)), wrt=(0, 1))


def elbo(params, x, noise):
    mean, log_std = params["mean"], params["log_std"]
    sample = mean + np.exp(log_std) * noise
    likelihood = -0.5 * np.sum((x - sample) ** 2)
    kl = 0.5 * np.sum(np.exp(2.0 * log_std) + mean ** 2 - 1.0 - 2.0 * log_std)
    return kl - likelihood


case(
    elbo,
    lambda r: ({"mean": normal(r, 3), "log_std": 0.1 * normal(r, 3)}, normal(r, 3), normal(r, 3)),
    "golden",
)


def autoregression(phi, series):
    p = len(phi)
    sse = 0.0
    for t in range(p, len(series)):
        prediction = 0.0
        for k, coefficient in enumerate(phi):
            prediction += coefficient * series[t - k - 1]
        sse += (series[t] - prediction) ** 2
    return sse


case(autoregression, lambda r: ([0.5, -0.2], normal(r, 8)), wrt=(0, 1))


def gradient_descent_inside(lr, w, X, y):
    for _ in range(3):
        w = w - lr * X.T @ (X @ w - y) / len(y)
    return np.mean((X @ w - y) ** 2)


case(
    gradient_descent_inside,
    lambda r: (0.1, normal(r, 3), normal(r, 8, 3), normal(r, 8)),
    wrt=(0, 1),
)


def cosine_similarity(a, b):
    return 1.0 - a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


case(cosine_similarity, lambda r: (normal(r, 4), normal(r, 4)), wrt=(0, 1))


def gaussian_kernel(x, y, log_scale):
    d2 = np.sum(x ** 2, axis=1)[:, None] + np.sum(y ** 2, axis=1) - 2.0 * x @ y.T
    return np.mean(np.exp(-0.5 * d2 / np.exp(2.0 * log_scale)))


case(gaussian_kernel, lambda r: (normal(r, 4, 2), normal(r, 3, 2), 0.2), wrt=(0, 1, 2))


def deep_net(layers, X, labels):
    h = X
    for W, b in layers[:-1]:
        h = np.maximum(h @ W + b, 0.0)
    W, b = layers[-1]
    logits = h @ W + b
    logits = logits - np.max(logits, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(logits), axis=1))
    return np.mean(log_sum - logits[np.arange(len(labels)), labels])


case(
    deep_net,
    lambda r: (
        [
            (normal(r, 4, 6), normal(r, 6)),
            (normal(r, 6, 6), normal(r, 6)),
            (normal(r, 6, 3), normal(r, 3)),
        ],
        normal(r, 5, 4),
        np.array([0, 2, 1, 1, 0]),
    ),
)


def relu_network(W1, b1, W2, b2, X, labels):
    h1 = np.maximum(X @ W1 + b1, 0.0)
    logits = h1 @ W2 + b2
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(log_sum - shifted[np.arange(len(labels)), labels])


def _relu_network_args(r):
    W1, W2 = r.normal(size=(4, 6)), r.normal(size=(6, 3))
    return W1, r.normal(size=6), W2, r.normal(size=3), r.normal(size=(5, 4)), r.integers(0, 3, 5)


case(relu_network, _relu_network_args, "golden", wrt=(0, 1, 2, 3))
