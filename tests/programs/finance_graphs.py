"""Prices, networks and spins."""

import math

import numpy as np

from tests.programs.case import Case, collector, pick

CASES: list[Case] = []
case = collector(CASES)


def antithetic_option_loss(spot, vol, rate, strike, maturity, noise):
    """The price of an Asian option from antithetic paths, smoothly at the strike."""
    paths, steps = noise.shape
    dt = maturity / steps
    s = np.empty(2 * paths)
    s[:] = spot
    z = np.empty(2 * paths)
    average = np.zeros(2 * paths)
    for k in range(steps):
        z[:paths] = noise[:, k]
        z[paths:] = -noise[:, k]
        s *= np.exp((rate - 0.5 * vol**2) * dt + vol * math.sqrt(dt) * z)
        average += s
    average /= steps
    payoff = np.logaddexp(0.0, 5.0 * (average - strike)) / 5.0
    return math.exp(-rate * maturity) * np.mean(payoff)


def antithetic_option_args(rng, scale):
    paths, steps = pick(scale, (6, 4), (20_000, 20))
    return 1.0, 0.3, 0.02, 1.05, 1.0, rng.normal(size=(paths, steps))


case(antithetic_option_loss, antithetic_option_args, wrt=(0, 1, 2))


def heston_loss(params, v0, paths, steps, seed):
    """A stochastic volatility model that draws its own numbers, step after step."""
    rng = np.random.default_rng(seed)
    kappa, theta, xi, rho = params
    dt = 1.0 / steps
    log_s = np.zeros(paths)
    v = np.full(paths, v0)
    for k in range(steps):
        z1 = rng.normal(size=paths)
        z2 = rho * z1 + np.sqrt(1.0 - rho**2) * rng.normal(size=paths)
        root = np.sqrt(v * v + 1e-4)
        log_s += -0.5 * root * dt + np.sqrt(root * dt) * z1
        v += kappa * (theta - root) * dt + xi * np.sqrt(root * dt) * z2
    s = np.exp(log_s)
    return np.mean(np.log1p(np.exp(8.0 * (s - 1.0)))) / 8.0


def heston_args(rng, scale):
    paths, steps = pick(scale, (6, 3), (10_000, 30))
    return np.array([1.5, 0.04, 0.3, -0.6]), 0.05, paths, steps, 7


case(heston_loss, heston_args, wrt=(0, 1), step=1e-4)


def american_put_loss(spot, strike, vol, rate, steps):
    """An American put on a binomial tree; values shrink towards the root in one array."""
    dt = 1.0 / steps
    up = np.exp(vol * math.sqrt(dt))
    down = 1.0 / up
    p = (np.exp(rate * dt) - down) / (up - down)
    discount = np.exp(-rate * dt)
    s = np.zeros(steps + 1)
    for j in range(steps + 1):
        s[j] = spot * up**j * down ** (steps - j)
    v = np.maximum(strike - s, 0.0)
    for n in range(steps - 1, -1, -1):
        for_now = s[: n + 1] * up
        s[: n + 1] = for_now
        v[: n + 1] = discount * (p * v[1 : n + 2] + (1.0 - p) * v[: n + 1])
        v[: n + 1] = np.maximum(v[: n + 1], strike - s[: n + 1])
    return v[0]


def american_put_args(rng, scale):
    return 1.0, 1.07, 0.25, 0.06, pick(scale, 5, 300)


case(american_put_loss, american_put_args, wrt=(0, 1, 2, 3), step=1e-6)


def black_scholes_loss(sigma, payoff, rate, ds, dt, steps):
    """An explicit finite-difference price: the grid is swept backward in time in place."""
    v = payoff.copy()
    n = len(v)
    s = ds * np.arange(n)
    a = 0.5 * sigma**2 * s**2 / ds**2
    b = 0.5 * rate * s / ds
    for t in range(steps):
        v[1:-1] += dt * (
            (a - b)[1:-1] * v[:-2] - (2.0 * a + rate)[1:-1] * v[1:-1] + (a + b)[1:-1] * v[2:]
        )
        v[0] *= 1.0 - rate * dt
        v[-1] = 2.0 * v[-2] - v[-3]
    return v[n // 2] + np.mean(v**2)


def black_scholes_args(rng, scale):
    n, steps = pick(scale, (9, 5), (300, 1_000))
    ds = 2.0 / n
    s = ds * np.arange(n)
    payoff = np.logaddexp(0.0, 10.0 * (s - 1.0)) / 10.0
    return rng.uniform(0.2, 0.4, size=n), payoff, 0.03, ds, 2.0 / n**2, steps


case(black_scholes_loss, black_scholes_args, "complex", wrt=(0, 1, 2))


def pagerank_loss(weights, teleport, damping, tol, turns):
    """Ranks by iteration until they settle; pages without links give to all."""
    n = len(weights)
    out = weights.sum(axis=1)
    P = np.zeros((n, n))
    for i in range(n):
        if out[i] > 0.0:
            P[i] = weights[i] / out[i]
        else:
            P[i, :] = 1.0 / n
    jump = teleport / teleport.sum()
    rank = np.full(n, 1.0 / n)
    for turn in range(turns):
        new = damping * (rank @ P) + (1.0 - damping) * jump
        change = np.abs(new - rank).sum()
        rank[:] = new
        if change < tol:
            break
    return -np.sum(rank * np.log(rank))


def pagerank_args(rng, scale):
    n, tol = pick(scale, (5, 1e-3), (600, 1e-12))
    weights = rng.uniform(0.2, 1.0, size=(n, n)) * (rng.uniform(size=(n, n)) < 0.4)
    weights[:, 0] += 0.1
    weights[1] = 0.0
    return weights, rng.uniform(0.5, 1.0, size=n), 0.85, tol, 200


case(pagerank_loss, pagerank_args, "float64", wrt=(1, 2), step=1e-5)


def ising_loss(J, field, beta, rounds):
    """Mean-field magnetisations of a spin lattice, row after row with damping; free energy."""
    n, m = field.shape
    mag = np.zeros((n + 2, m + 2))
    for r in range(rounds):
        for i in range(1, n + 1):
            near = mag[i - 1, 1:-1] + mag[i + 1, 1:-1] + mag[i, :-2] + mag[i, 2:]
            mag[i, 1:-1] = 0.5 * mag[i, 1:-1] + 0.5 * np.tanh(beta * (J * near + field[i - 1]))
    x = mag[1:-1, 1:-1]
    pairs = np.sum(x * (mag[2:, 1:-1] + mag[1:-1, 2:]))
    entropy = -np.sum(0.5 * (1 + x) * np.log(0.5 * (1 + x)) + 0.5 * (1 - x) * np.log(0.5 * (1 - x)))
    return -J * pairs - np.sum(field * x) - entropy / beta


def ising_args(rng, scale):
    n, rounds = pick(scale, (4, 3), (60, 15))
    return 0.4, 0.5 * rng.normal(size=(n, n)), 0.7, rounds


case(ising_loss, ising_args, wrt=(0, 1, 2))


def belief_propagation_loss(unary, coupling, edges, rounds):
    """Loopy belief propagation for two states; messages are replaced one by one."""
    messages = np.zeros(len(edges))
    for r in range(rounds):
        for e in range(len(edges)):
            i, j = edges[e]
            incoming = unary[i]
            for f in range(len(edges)):
                if edges[f, 1] == i and edges[f, 0] != j:
                    incoming = incoming + messages[f]
            messages[e] = np.arctanh(np.tanh(coupling[e]) * np.tanh(incoming))
    belief = unary.copy()
    for e in range(len(edges)):
        belief[edges[e, 1]] += messages[e]
    return np.sum(np.tanh(belief) ** 2)


def belief_propagation_args(rng, scale):
    n, rounds = pick(scale, (4, 2), (16, 8))
    pairs = [(i, (i + 1) % n) for i in range(n)] + [(0, n // 2)]
    edges = np.array(pairs + [(j, i) for i, j in pairs])
    return rng.normal(size=n), 0.5 * rng.normal(size=len(edges)), edges, rounds


case(belief_propagation_loss, belief_propagation_args, wrt=(0, 1))


def portfolio_loss(weights, returns, cost):
    """The utility of a portfolio that drifts between costly rebalancings; wealth is a list."""
    w = np.exp(weights)
    w /= w.sum()
    holding = w.copy()
    wealth = [1.0]
    for day in range(len(returns)):
        holding *= 1.0 + returns[day]
        value = holding.sum()
        if day % 5 == 4:
            trade = value * w - holding
            value = value - cost * np.sum(np.sqrt(trade**2 + 1e-6))
            holding[:] = value * w
        wealth.append(value)
    growth = np.log(np.array(wealth[1:]) / np.array(wealth[:-1]))
    return -np.mean(growth) + 0.5 * np.std(growth)


def portfolio_args(rng, scale):
    n, days = pick(scale, (3, 11), (20, 2_000))
    return rng.normal(size=n), 0.02 * rng.normal(size=(days, n)), 0.002


case(portfolio_loss, portfolio_args, wrt=(0, 2))


def label_propagation_loss(affinity, labels, known, rounds):
    """Labels spread along a graph; the known ones are put back after every round."""
    S = affinity / affinity.sum(axis=1, keepdims=True)
    F = np.zeros(labels.shape)
    F[known] = labels[known]
    for r in range(rounds):
        F = S @ F
        F[known] = labels[known]
    rest = np.delete(np.arange(len(F)), known)
    return np.sum(F[rest] ** 2)


def label_propagation_args(rng, scale):
    n, k, rounds = pick(scale, (6, 2, 3), (600, 8, 40))
    return (
        rng.uniform(0.1, 1.0, size=(n, n)),
        rng.normal(size=(n, k)),
        np.arange(0, n, 3),
        rounds,
    )


case(label_propagation_loss, label_propagation_args, wrt=(0, 1))
