"""Dynamic programmes filled by table, with the soft minimum or the logarithm of a sum."""

import numpy as np

from tests.programs.case import Case, collector, pick

CASES: list[Case] = []
case = collector(CASES)


def log_sum_exp(x):
    """The logarithm of a sum of exponentials, shifted by the largest."""
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def soft_min3(a, b, c, gamma):
    """A smooth minimum of three numbers."""
    low = min(a, b, c)
    total = np.exp((low - a) / gamma) + np.exp((low - b) / gamma) + np.exp((low - c) / gamma)
    return low - gamma * np.log(total)


def crf_loss(unary, trans, labels):
    """The negative log-likelihood of a linear-chain conditional random field."""
    steps, states = unary.shape
    alpha = np.zeros((steps, states))
    alpha[0, :] = unary[0, :]
    for t in range(1, steps):
        for s in range(states):
            alpha[t, s] = log_sum_exp(alpha[t - 1] + trans[:, s]) + unary[t, s]
    score = unary[0, labels[0]]
    for t in range(1, steps):
        score += trans[labels[t - 1], labels[t]] + unary[t, labels[t]]
    return log_sum_exp(alpha[-1]) - score


def crf_args(rng, scale):
    steps, states = pick(scale, (5, 3), (120, 6))
    return (
        rng.normal(size=(steps, states)),
        rng.normal(size=(states, states)),
        rng.integers(0, states, size=steps),
    )


case(crf_loss, crf_args, wrt=(0, 1))


def ctc_loss(logits, target):
    """Connectionist temporal classification: a table over time and the extended labels."""
    top = np.max(logits, axis=1, keepdims=True)
    logp = logits - top
    logp -= np.log(np.sum(np.exp(logp), axis=1, keepdims=True))
    extended = np.zeros(2 * len(target) + 1, dtype=int)
    extended[1::2] = target
    steps, size = len(logp), len(extended)
    alpha = np.full((steps, size), -1e5)
    alpha[0, 0] = logp[0, 0]
    alpha[0, 1] = logp[0, extended[1]]
    for t in range(1, steps):
        for s in range(size):
            total = alpha[t - 1, s]
            if s > 0:
                total = np.logaddexp(total, alpha[t - 1, s - 1])
            if s > 1 and extended[s] != 0 and extended[s] != extended[s - 2]:
                total = np.logaddexp(total, alpha[t - 1, s - 2])
            alpha[t, s] = total + logp[t, extended[s]]
    return -np.logaddexp(alpha[-1, -1], alpha[-1, -2])


def ctc_args(rng, scale):
    steps, symbols, length = pick(scale, (6, 4, 2), (60, 8, 12))
    return rng.normal(size=(steps, symbols)), rng.integers(1, symbols, size=length)


case(ctc_loss, ctc_args)


def soft_dtw_loss(x, y, gamma):
    """Dynamic time warping of two series with a smooth minimum."""
    n, m = len(x), len(y)
    table = np.full((n + 1, m + 1), 1e6)
    table[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = np.sum((x[i - 1] - y[j - 1]) ** 2)
            best = soft_min3(table[i - 1, j], table[i, j - 1], table[i - 1, j - 1], gamma)
            table[i, j] = cost + best
    return table[n, m]


def soft_dtw_args(rng, scale):
    n, m, d = pick(scale, (4, 5, 2), (40, 40, 3))
    return rng.normal(size=(n, d)), rng.normal(size=(m, d)), 0.7


case(soft_dtw_loss, soft_dtw_args, wrt=(0, 1, 2))


def floyd_warshall_loss(weights, gamma):
    """All shortest paths with a smooth minimum: the table is relaxed in place."""
    dist = weights.copy()
    n = len(dist)
    for k in range(n):
        for i in range(n):
            through = dist[i, k] + dist[k, :]
            dist[i, :] = -gamma * np.logaddexp(-dist[i, :] / gamma, -through / gamma)
    return np.sum(dist) / n


def floyd_warshall_args(rng, scale):
    n = pick(scale, 4, 60)
    return rng.uniform(4.0, 6.0, size=(n, n)), 0.3


case(floyd_warshall_loss, floyd_warshall_args, "golden", wrt=(0, 1))


def prefix_sums_loss(image, radius):
    """Local contrast from a summed-area table that is filled row by row."""
    n, m = image.shape
    table = np.zeros((n + 1, m + 1))
    for i in range(n):
        row = 0.0
        for j in range(m):
            row += image[i, j]
            table[i + 1, j + 1] = table[i, j + 1] + row
    side = 2 * radius + 1
    box = table[side:, side:] - table[:-side, side:] - table[side:, :-side] + table[:-side, :-side]
    local = image[radius : n - radius, radius : m - radius] - box / side**2
    return np.sum(local**2)


def prefix_sums_args(rng, scale):
    n = pick(scale, 5, 90)
    return rng.normal(size=(n, n)), 1


case(prefix_sums_loss, prefix_sums_args)


def alignment_loss(scores, gap, temperature):
    """Needleman and Wunsch's alignment of two sequences, smoothed, along a rolling pair of rows."""
    n, m = scores.shape
    previous = -gap * np.arange(m + 1)
    current = np.zeros(m + 1)
    for i in range(n):
        current[0] = -gap * (i + 1)
        for j in range(m):
            moves = np.array([previous[j] + scores[i, j], previous[j + 1] - gap, current[j] - gap])
            top = np.max(moves)
            current[j + 1] = top + temperature * np.log(np.sum(np.exp((moves - top) / temperature)))
        previous, current = current, previous
    return previous[m]


def alignment_args(rng, scale):
    n, m = pick(scale, (4, 3), (40, 40))
    return rng.normal(size=(n, m)), 0.6, 0.5


case(alignment_loss, alignment_args, wrt=(0, 1, 2))


def inside_loss(rule, emit, words):
    """The inside algorithm of a small grammar: spans of growing length from their halves."""
    n = len(words)
    k = rule.shape[0]
    R = np.exp(rule)
    R /= R.sum(axis=(1, 2), keepdims=True)
    inside = np.zeros((n, n + 1, k))
    for i in range(n):
        inside[i, i + 1] = np.exp(emit[:, words[i]])
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length
            cell = inside[i, j]
            for split in range(i + 1, j):
                cell += np.einsum("abc,b,c->a", R, inside[i, split], inside[split, j])
    return -np.log(inside[0, n, 0])


def inside_args(rng, scale):
    k, symbols, n = pick(scale, (2, 3, 4), (5, 6, 16))
    return (
        rng.normal(size=(k, k, k)),
        0.3 * rng.normal(size=(k, symbols)),
        rng.integers(0, symbols, size=n),
    )


case(inside_loss, inside_args, wrt=(0, 1))


def viterbi_soft_loss(unary, pairwise, temperature):
    """The soft best path of a chain, then its marginals by a backward pass in the same arrays."""
    steps, states = unary.shape
    forward = unary / temperature
    for t in range(1, steps):
        m = forward[t - 1][:, None] + pairwise / temperature
        top = m.max(axis=0)
        forward[t] += top + np.log(np.exp(m - top).sum(axis=0))
    marginals = np.empty((steps, states))
    last = np.exp(forward[-1] - forward[-1].max())
    marginals[-1] = last / last.sum()
    for t in range(steps - 2, -1, -1):
        m = forward[t][:, None] + pairwise / temperature
        p = np.exp(m - m.max(axis=0))
        p /= p.sum(axis=0)
        marginals[t] = p @ marginals[t + 1]
    return np.sum(marginals**2)


def viterbi_soft_args(rng, scale):
    steps, states = pick(scale, (4, 3), (300, 40))
    return rng.normal(size=(steps, states)), rng.normal(size=(states, states)), 1.3


case(viterbi_soft_loss, viterbi_soft_args, wrt=(0, 1, 2))


def smoothing_spline_loss(y, lam):
    """Whittaker's smoother: a banded system factored and solved along three lists of numbers."""
    n = len(y)
    diagonal = np.ones(n)
    off = np.zeros(n - 1)
    for i in range(n - 1):
        diagonal[i] += lam
        diagonal[i + 1] += lam
        off[i] -= lam
    z = y.copy()
    for i in range(1, n):
        factor = off[i - 1] / diagonal[i - 1]
        diagonal[i] -= factor * off[i - 1]
        z[i] -= factor * z[i - 1]
    z[n - 1] /= diagonal[n - 1]
    for i in reversed(range(n - 1)):
        z[i] = (z[i] - off[i] * z[i + 1]) / diagonal[i]
    return np.sum((z - y) ** 2) + np.sum(np.diff(z) ** 2)


def smoothing_spline_args(rng, scale):
    return rng.normal(size=pick(scale, 6, 4_000)), 1.7


case(smoothing_spline_loss, smoothing_spline_args, wrt=(0, 1))
