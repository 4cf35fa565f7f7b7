"""Signals and time series: recursions over samples, states and probabilities."""

import numpy as np

from tests.programs.case import Case, collector, pick

CASES: list[Case] = []
case = collector(CASES)


def kalman_loss(F, H, Q, R, ys):
    """The negative log-likelihood of a linear state-space model by the Kalman filter."""
    n = F.shape[0]
    m = H.shape[0]
    x = np.zeros(n)
    P = np.eye(n)
    total = 0.0
    for y in ys:
        x = F @ x
        P = F @ P @ F.T + Q
        innovation = y - H @ x
        S = H @ P @ H.T + R
        K = np.linalg.solve(S, H @ P).T
        x += K @ innovation
        P -= K @ H @ P
        _, log_det = np.linalg.slogdet(S)
        total += 0.5 * (
            log_det + innovation @ np.linalg.solve(S, innovation) + m * np.log(2 * np.pi)
        )
    return total


def kalman_args(rng, scale):
    n, m, steps = pick(scale, (3, 2, 4), (6, 3, 150))
    return (
        0.9 * np.eye(n) + 0.05 * rng.normal(size=(n, n)),
        rng.normal(size=(m, n)),
        0.2 * np.eye(n),
        0.5 * np.eye(m),
        rng.normal(size=(steps, m)),
    )


case(kalman_loss, kalman_args, wrt=(0, 1, 2, 3))


def hmm_forward_loss(log_trans, log_emit, log_start, observations):
    """The forward algorithm with scaling: a table of filtered probabilities and their norms."""
    A = np.exp(log_trans)
    A /= A.sum(axis=1, keepdims=True)
    B = np.exp(log_emit)
    B /= B.sum(axis=1, keepdims=True)
    pi = np.exp(log_start)
    pi /= pi.sum()
    steps = len(observations)
    states = len(pi)
    alpha = np.zeros((steps, states))
    scale = np.zeros(steps)
    alpha[0] = pi * B[:, observations[0]]
    scale[0] = alpha[0].sum()
    alpha[0] /= scale[0]
    for t in range(1, steps):
        for j in range(states):
            alpha[t, j] = np.dot(alpha[t - 1], A[:, j]) * B[j, observations[t]]
        scale[t] = np.sum(alpha[t])
        alpha[t] /= scale[t]
    return -np.sum(np.log(scale))


def hmm_forward_args(rng, scale):
    states, symbols, steps = pick(scale, (3, 4, 5), (6, 8, 300))
    return (
        rng.normal(size=(states, states)),
        rng.normal(size=(states, symbols)),
        rng.normal(size=states),
        rng.integers(0, symbols, size=steps),
    )


case(hmm_forward_loss, hmm_forward_args, wrt=(0, 1, 2))


def iir_loss(b, a, x, target):
    """A recursive filter in direct form, sample by sample."""
    y = np.zeros(len(x))
    for n in range(len(x)):
        acc = 0.0
        for k in range(len(b)):
            if n - k >= 0:
                acc += b[k] * x[n - k]
        for k in range(1, len(a)):
            if n - k >= 0:
                acc -= a[k] * y[n - k]
        y[n] = acc / a[0]
    return np.mean((y - target) ** 2)


def iir_args(rng, scale):
    n = pick(scale, 8, 3_000)
    return (
        np.array([0.2, 0.3, 0.2]),
        np.array([1.1, -0.4, 0.2]),
        rng.normal(size=n),
        rng.normal(size=n),
    )


case(iir_loss, iir_args, wrt=(0, 1, 2))


def biquad_loss(coeffs, x):
    """A cascade of second-order sections, each filtering the whole signal in place."""
    y = x.copy()
    for section in coeffs:
        b0, b1, b2, a1, a2 = section
        z1 = 0.0
        z2 = 0.0
        for n in range(len(y)):
            v = y[n]
            y[n] = b0 * v + z1
            z1 = b1 * v - a1 * y[n] + z2
            z2 = b2 * v - a2 * y[n]
    return np.sum(y**2)


def biquad_args(rng, scale):
    sections, n = pick(scale, (2, 6), (3, 4_000))
    return 0.3 * rng.normal(size=(sections, 5)) + np.array([1.0, 0, 0, 0, 0]), rng.normal(size=n)


case(biquad_loss, biquad_args, wrt=(0, 1))


def lms_loss(w0, x, desired, mu):
    """An adaptive filter whose weights follow the errors; the loss is their mean square."""
    taps = len(w0)
    w = w0.copy()
    window = np.zeros(taps)
    errors = np.empty(len(x))
    for n in range(len(x)):
        window[1:] = window[:-1]
        window[0] = x[n]
        e = desired[n] - w @ window
        w += mu * e * window
        errors[n] = e
    return np.mean(errors**2)


def lms_args(rng, scale):
    taps, n = pick(scale, (3, 7), (32, 3_000))
    return 0.1 * rng.normal(size=taps), rng.normal(size=n), rng.normal(size=n), 0.01


case(lms_loss, lms_args, wrt=(0, 1, 3))


def holt_winters_loss(params, y, period):
    """Additive exponential smoothing with level, trend and seasons; one-step errors."""
    alpha, beta, gamma = params[0], params[1], params[2]
    level = y[:period].mean()
    trend = 0.0
    season = y[:period] - level
    total = 0.0
    for t in range(period, len(y)):
        s = t % period
        forecast = level + trend + season[s]
        total += (y[t] - forecast) ** 2
        previous = level
        level = alpha * (y[t] - season[s]) + (1.0 - alpha) * (level + trend)
        trend = beta * (level - previous) + (1.0 - beta) * trend
        season[s] = gamma * (y[t] - level) + (1.0 - gamma) * season[s]
    return total / (len(y) - period)


def holt_winters_args(rng, scale):
    period, n = pick(scale, (3, 10), (12, 6_000))
    y = 0.05 * np.arange(n) + np.sin(2.0 * np.pi * np.arange(n) / period) + 0.2 * rng.normal(size=n)
    return np.array([0.3, 0.2, 0.4]), y, period


case(holt_winters_loss, holt_winters_args, "complex", wrt=(0, 1))


def garch_loss(theta, returns):
    """The likelihood of a GARCH model: each variance comes from the one before."""
    omega, alpha, beta = np.exp(theta[0]), np.exp(theta[1]), np.exp(theta[2])
    h = np.empty(len(returns))
    h[0] = np.mean(returns**2)
    for t in range(1, len(returns)):
        h[t] = omega + alpha * returns[t - 1] ** 2 + beta * h[t - 1]
    return 0.5 * np.sum(np.log(h) + returns**2 / h)


def garch_args(rng, scale):
    n = pick(scale, 8, 8_000)
    return np.array([-2.0, -2.5, -0.4]), rng.normal(size=n)


case(garch_loss, garch_args, "golden", wrt=(0, 1))


def savings_loss(rates, deposits, start):
    """A balance that grows and is paid into: an array scanned element after element."""
    balance = np.zeros(len(deposits) + 1)
    balance[0] = start
    for i in range(len(deposits)):
        balance[i + 1] = balance[i] * (1.0 + rates[i]) + deposits[i]
    return np.log(balance[-1]) + np.mean(balance)


def savings_args(rng, scale):
    n = pick(scale, 6, 10_000)
    return 0.01 * rng.uniform(size=n) * pick(scale, 1.0, 0.1), rng.uniform(0.5, 1.0, size=n), 10.0


case(savings_loss, savings_args, "golden", wrt=(0, 1, 2))


def haar_loss(x, gain):
    """Shrink the details of a Haar wavelet transform that works in place, then go back."""
    w = x.copy()
    n = len(w)
    while n > 1:
        half = n // 2
        even = w[0:n:2].copy()
        odd = w[1:n:2].copy()
        w[:half] = (even + odd) / np.sqrt(2.0)
        w[half:n] = (even - odd) / np.sqrt(2.0)
        n = half
    w[1:] *= np.tanh(gain * w[1:] ** 2)
    n = 1
    while n < len(w):
        low = w[:n].copy()
        high = w[n : 2 * n].copy()
        w[0 : 2 * n : 2] = (low + high) / np.sqrt(2.0)
        w[1 : 2 * n : 2] = (low - high) / np.sqrt(2.0)
        n *= 2
    return np.sum((w - x) ** 2)


def haar_args(rng, scale):
    return rng.normal(size=pick(scale, 8, 2**17)), 1.3


case(haar_loss, haar_args, "complex", wrt=(0, 1))
