"""Learning machines without a framework: cells, attention, mixtures, unrolled optimisers."""

import numpy as np

from tests.programs.case import Case, collector, pick

CASES: list[Case] = []
case = collector(CASES)


def sigmoid(x):
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-x))


def lstm_loss(Wx, Wh, b, xs, targets):
    """A long short-term memory, step by step, with all hidden states kept in one array."""
    steps, batch, _ = xs.shape
    n = Wh.shape[0]
    hs = np.zeros((steps + 1, batch, n))
    c = np.zeros((batch, n))
    for t in range(steps):
        z = xs[t] @ Wx + hs[t] @ Wh + b
        i = sigmoid(z[:, :n])
        f = sigmoid(z[:, n : 2 * n])
        o = sigmoid(z[:, 2 * n : 3 * n])
        g = np.tanh(z[:, 3 * n :])
        c = f * c + i * g
        hs[t + 1] = o * np.tanh(c)
    return np.mean((hs[1:] - targets) ** 2)


def lstm_args(rng, scale):
    steps, batch, k, n = pick(scale, (3, 2, 3, 2), (40, 32, 24, 48))
    return (
        rng.normal(size=(k, 4 * n)) / np.sqrt(k),
        rng.normal(size=(n, 4 * n)) / np.sqrt(n),
        rng.normal(size=4 * n),
        rng.normal(size=(steps, batch, k)),
        rng.normal(size=(steps, batch, n)),
    )


case(lstm_loss, lstm_args, wrt=(0, 1, 2))


def convolution_loss(x, w, b, stride):
    """A convolution by loops over images, filters and places."""
    batch, channels, height, width = x.shape
    filters, _, kh, kw = w.shape
    oh = (height - kh) // stride + 1
    ow = (width - kw) // stride + 1
    out = np.zeros((batch, filters, oh, ow))
    for n in range(batch):
        for f in range(filters):
            for i in range(oh):
                for j in range(ow):
                    top, left = i * stride, j * stride
                    patch = x[n, :, top : top + kh, left : left + kw]
                    out[n, f, i, j] = np.sum(patch * w[f]) + b[f]
    return np.sum(np.tanh(out) ** 2)


def convolution_args(rng, scale):
    batch, filters, side = pick(scale, (2, 2, 5), (4, 6, 17))
    return (
        rng.normal(size=(batch, 2, side, side)),
        0.5 * rng.normal(size=(filters, 2, 3, 3)),
        rng.normal(size=filters),
        2,
    )


case(convolution_loss, convolution_args, wrt=(0, 1, 2))


def shifted_convolution_loss(x, w):
    """A convolution as a sum over kernel offsets of shifted images, then pooling by strides."""
    batch, channels, height, width = x.shape
    filters, _, kh, kw = w.shape
    padded = np.zeros((batch, channels, height + kh - 1, width + kw - 1))
    padded[:, :, kh // 2 : kh // 2 + height, kw // 2 : kw // 2 + width] = x
    out = np.zeros((batch, filters, height, width))
    for a in range(kh):
        for c in range(kw):
            window = padded[:, :, a : a + height, c : c + width]
            out += np.einsum("nchw,fc->nfhw", window, w[:, :, a, c])
    out *= sigmoid(out)
    pooled = 0.25 * (out[:, :, ::2, ::2] + out[:, :, 1::2, ::2])
    pooled += 0.25 * (out[:, :, ::2, 1::2] + out[:, :, 1::2, 1::2])
    return np.mean(pooled**2)


def shifted_convolution_args(rng, scale):
    batch, channels, filters, side = pick(scale, (1, 2, 2, 4), (8, 8, 8, 32))
    return rng.normal(size=(batch, channels, side, side)), rng.normal(
        size=(filters, channels, 3, 3)
    )


case(shifted_convolution_loss, shifted_convolution_args, wrt=(0, 1))


def attention_loss(x, Wq, Wk, Wv, Wo, heads):
    """Causal self-attention, head by head, with the future masked by assignment."""
    steps, width = x.shape
    size = width // heads
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    future = np.triu(np.ones((steps, steps), dtype=bool), 1)
    out = np.zeros((steps, width))
    for h in range(heads):
        part = slice(h * size, (h + 1) * size)
        scores = q[:, part] @ k[:, part].T / np.sqrt(size)
        scores[future] = -1e9
        scores -= scores.max(axis=1, keepdims=True)
        weights = np.exp(scores)
        weights /= weights.sum(axis=1, keepdims=True)
        out[:, part] = weights @ v[:, part]
    return np.mean((out @ Wo - x) ** 2)


def attention_args(rng, scale):
    steps, width, heads = pick(scale, (4, 4, 2), (256, 64, 4))
    weights = [rng.normal(size=(width, width)) / np.sqrt(width) for _ in range(4)]
    return rng.normal(size=(steps, width)), *weights, heads


case(attention_loss, attention_args, wrt=(0, 1, 2, 3, 4))


def gmm_loss(alphas, means, factors, x, gamma, m):
    """A Gaussian mixture with full covariances: one column of log-densities for each component."""
    n, d = x.shape
    k = len(alphas)
    logs = np.empty((n, k))
    regular = 0.0
    for j in range(k):
        Q = np.zeros((d, d))
        place = d
        for c in range(d):
            Q[c, c] = np.exp(factors[j, c])
            Q[c + 1 :, c] = factors[j, place : place + d - c - 1]
            place += d - c - 1
        z = (x - means[j]) @ Q.T
        logs[:, j] = alphas[j] + np.sum(factors[j, :d]) - 0.5 * np.sum(z * z, axis=1)
        regular += 0.5 * gamma**2 * np.sum(Q * Q) - m * np.sum(factors[j, :d])
    top = np.max(logs, axis=1)
    total = np.sum(top + np.log(np.sum(np.exp(logs - top[:, None]), axis=1)))
    shift = np.max(alphas)
    return total - n * (shift + np.log(np.sum(np.exp(alphas - shift)))) - regular


def gmm_args(rng, scale):
    n, d, k = pick(scale, (4, 3, 2), (2_000, 8, 10))
    return (
        rng.normal(size=k),
        rng.normal(size=(k, d)),
        0.3 * rng.normal(size=(k, d * (d + 1) // 2)),
        rng.normal(size=(n, d)),
        0.5,
        1.0,
    )


case(gmm_loss, gmm_args, wrt=(0, 1, 2))


def adam_loss(w0, log_rate, X, y, steps):
    """The validation loss after training with Adam, whose moments are updated in place."""
    half = len(X) // 2
    rate = np.exp(log_rate)
    w = w0.copy()
    m = np.zeros_like(w)
    v = np.zeros_like(w)
    for t in range(1, steps + 1):
        residual = np.tanh(X[:half] @ w) - y[:half]
        g = X[:half].T @ (residual * (1.0 - np.tanh(X[:half] @ w) ** 2)) / half
        m *= 0.9
        m += 0.1 * g
        v *= 0.99
        v += 0.01 * g * g
        m_hat = m / (1.0 - 0.9**t)
        v_hat = v / (1.0 - 0.99**t)
        w -= rate * m_hat / np.sqrt(v_hat + 1e-4)
    return np.mean((np.tanh(X[half:] @ w) - y[half:]) ** 2)


def adam_args(rng, scale):
    n, d, steps = pick(scale, (8, 3, 4), (400, 50, 100))
    X = rng.normal(size=(n, d)) / np.sqrt(d)
    return rng.normal(size=d), -1.5, X, np.tanh(X @ rng.normal(size=d)), steps


case(adam_loss, adam_args, "complex", wrt=(0, 1))


def message_passing_loss(nodes, Wm, Wu, source, target, rounds):
    """A graph network: messages are added up at their targets, repeats and all."""
    h = nodes.copy()
    degree = np.zeros(len(nodes))
    np.add.at(degree, target, 1.0)
    degree[degree == 0.0] = 1.0
    for r in range(rounds):
        messages = np.tanh(h[source] @ Wm)
        inbox = np.zeros_like(h)
        np.add.at(inbox, target, messages)
        inbox /= degree[:, None]
        h += 0.5 * np.tanh(inbox @ Wu)
    return np.mean(h**2)


def message_passing_args(rng, scale):
    n, edges, d, rounds = pick(scale, (4, 7, 2, 2), (500, 3_000, 16, 3))
    return (
        rng.normal(size=(n, d)),
        rng.normal(size=(d, d)),
        rng.normal(size=(d, d)),
        rng.integers(0, n, size=edges),
        rng.integers(0, n, size=edges),
        rounds,
    )


case(message_passing_loss, message_passing_args, wrt=(0, 1, 2))


def quantile_loss(w, X, y, level):
    """The loss of the worst residuals: sorted, then averaged above a quantile with a weight."""
    residual = np.abs(X @ w - y)
    residual.sort()
    start = int(level * len(residual))
    tail = residual[start:]
    weights = np.linspace(0.5, 1.0, len(tail))
    order = np.argsort(y)
    ranked = (X @ w)[order]
    return np.sum(weights * tail) / len(tail) + 0.1 * np.mean(
        np.maximum(ranked[:-1] - ranked[1:], 0.0)
    )


def quantile_args(rng, scale):
    n, d = pick(scale, (9, 3), (60_000, 10))
    return rng.normal(size=d), rng.normal(size=(n, d)), rng.normal(size=n), 0.6


case(quantile_loss, quantile_args, name="quantile", step=1e-6)


def batch_norm_loss(W1, gamma, beta, W2, X, labels, momentum):
    """Two layers with batch normalisation; running statistics are updated in place and used."""
    n = gamma.shape[0]
    running_mean = np.zeros(n)
    running_var = np.ones(n)
    total = 0.0
    for k in range(0, len(X), 4):
        batch = X[k : k + 4]
        z = batch @ W1
        mean = z.mean(axis=0)
        var = z.var(axis=0)
        running_mean *= momentum
        running_mean += (1.0 - momentum) * mean
        running_var *= momentum
        running_var += (1.0 - momentum) * var
        h = gamma * (z - mean) / np.sqrt(var + 1e-5) + beta
        h[h < 0.0] *= 0.1
        logits = h @ W2
        logits -= logits.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(logits).sum(axis=1))
        total += np.sum(log_sum - logits[np.arange(len(batch)), labels[k : k + 4]])
    z = (X @ W1 - running_mean) / np.sqrt(running_var + 1e-5)
    return total / len(X) + 0.01 * np.mean(z**2)


def batch_norm_args(rng, scale):
    rows, d, n, classes = pick(scale, (8, 3, 4, 3), (400, 30, 40, 10))
    return (
        rng.normal(size=(d, n)),
        rng.uniform(0.5, 1.5, size=n),
        rng.normal(size=n),
        rng.normal(size=(n, classes)),
        rng.normal(size=(rows, d)),
        rng.integers(0, classes, size=rows),
        0.8,
    )


case(batch_norm_loss, batch_norm_args, wrt=(0, 1, 2, 3), step=1e-4)


def soft_kmeans_loss(centres0, x, sharpness, rounds):
    """Soft assignments and centres in turn; each centre is written into its row."""
    centres = centres0.copy()
    k = len(centres)
    for r in range(rounds):
        distance = np.empty((len(x), k))
        for j in range(k):
            distance[:, j] = np.sum((x - centres[j]) ** 2, axis=1)
        share = np.exp(-sharpness * (distance - distance.min(axis=1, keepdims=True)))
        share /= share.sum(axis=1, keepdims=True)
        for j in range(k):
            centres[j] = share[:, j] @ x / np.sum(share[:, j])
    return np.sum(share * distance) / len(x)


def soft_kmeans_args(rng, scale):
    n, d, k, rounds = pick(scale, (6, 2, 3, 2), (3_000, 4, 6, 5))
    return rng.normal(size=(k, d)), rng.normal(size=(n, d)), 0.8, rounds


case(soft_kmeans_loss, soft_kmeans_args, wrt=(0, 1))


def embedding_loss(table, W, tokens, window):
    """Words from the mean of their neighbours; padding rows of the table are zeroed first."""
    E = table.copy()
    E[0] = 0.0
    total = 0.0
    for i in range(window, len(tokens) - window):
        context = np.zeros(E.shape[1])
        for offset in range(-window, window + 1):
            if offset == 0:
                continue
            context += E[tokens[i + offset]]
        context /= 2 * window
        scores = W @ context
        scores -= scores.max()
        total += np.log(np.sum(np.exp(scores))) - scores[tokens[i]]
    return total


def embedding_args(rng, scale):
    words, d, n = pick(scale, (5, 3, 8), (60, 16, 200))
    return rng.normal(size=(words, d)), rng.normal(size=(words, d)), rng.integers(0, words, n), 2


case(embedding_loss, embedding_args, wrt=(0, 1))


def forest_loss(thresholds, leaves, x, features, sharpness):
    """Soft decision trees: the reach of a node is split between the places of its children."""
    n = len(x)
    inner = len(thresholds)
    reach = np.zeros((2 * inner + 1, n))
    reach[0] = 1.0
    for node in range(inner):
        right = 1.0 / (1.0 + np.exp(-sharpness * (x[:, features[node]] - thresholds[node])))
        reach[2 * node + 1] = reach[node] * (1.0 - right)
        reach[2 * node + 2] = reach[node] * right
    return np.mean((leaves @ reach[inner:] - x[:, 0]) ** 2)


def forest_args(rng, scale):
    depth, n, d = pick(scale, (2, 5, 3), (7, 1_000, 8))
    inner = 2**depth - 1
    return (
        rng.normal(size=inner),
        rng.normal(size=inner + 1),
        rng.normal(size=(n, d)),
        rng.integers(0, d, size=inner),
        1.5,
    )


case(forest_loss, forest_args, wrt=(0, 1, 2))
