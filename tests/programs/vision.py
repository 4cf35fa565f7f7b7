"""Cameras, hands and images."""

import numpy as np

from tests.programs.case import Case, collector, pick

CASES: list[Case] = []
case = collector(CASES)


def rodrigues(r, X):
    """Rotate a point about an axis whose length is the angle."""
    theta2 = r @ r
    theta = np.sqrt(theta2)
    c, s = np.cos(theta), np.sin(theta)
    w = r / theta
    return X * c + np.cross(w, X) * s + w * (w @ X) * (1.0 - c)


def project(cam, X):
    """Project a point: rotation, centre, focal length, principal point, distortion."""
    P = rodrigues(cam[0:3], X - cam[3:6])
    x = P[:2] / P[2]
    r2 = x @ x
    x = x * (1.0 + cam[9] * r2 + cam[10] * r2 * r2)
    return x * cam[6] + cam[7:9]


def bundle_adjustment_loss(cams, points, weights, observations, feats):
    """Residuals of all observations, written in pairs into one long vector."""
    n = len(observations)
    residuals = np.zeros(3 * n)
    for k in range(n):
        i, j = observations[k]
        seen = project(cams[i], points[j])
        residuals[2 * k : 2 * k + 2] = weights[k] * (seen - feats[k])
    residuals[2 * n :] = 1.0 - weights**2
    return 0.5 * np.sum(residuals**2)


def bundle_adjustment_args(rng, scale):
    n, p, obs = pick(scale, (2, 3, 4), (6, 40, 100))
    cams = np.zeros((n, 11))
    cams[:, 0:3] = 0.3 + 0.1 * rng.normal(size=(n, 3))
    cams[:, 3:6] = 0.2 * rng.normal(size=(n, 3))
    cams[:, 6] = 1.5
    cams[:, 7:9] = 0.1 * rng.normal(size=(n, 2))
    cams[:, 9:] = 0.01 * rng.normal(size=(n, 2))
    points = rng.normal(size=(p, 3)) + np.array([0.0, 0.0, 6.0])
    pairs = np.stack([rng.integers(0, n, size=obs), rng.integers(0, p, size=obs)], axis=1)
    return cams, points, rng.uniform(0.5, 1.0, size=obs), pairs, rng.normal(size=(obs, 2))


case(bundle_adjustment_loss, bundle_adjustment_args, wrt=(0, 1, 2))


def euler_rotation(angles):
    """The rotation of three angles, one factor after the other."""
    cx, cy, cz = np.cos(angles)
    sx, sy, sz = np.sin(angles)
    Rx = np.eye(3)
    Ry = np.eye(3)
    Rz = np.eye(3)
    Rx[1, 1], Rx[1, 2], Rx[2, 1], Rx[2, 2] = cx, -sx, sx, cx
    Ry[0, 0], Ry[0, 2], Ry[2, 0], Ry[2, 2] = cy, sy, -sy, cy
    Rz[0, 0], Rz[0, 1], Rz[1, 0], Rz[1, 1] = cz, -sz, sz, cz
    return Rz @ Ry @ Rx


def hand_tracking_loss(theta, parents, base, weights, vertices, targets):
    """Bones relative to their parents, skinned vertices, distance to observed points."""
    bones = len(parents)
    absolute = np.zeros((bones, 4, 4))
    for k in range(bones):
        local = base[k].copy()
        local[:3, :3] = base[k, :3, :3] @ euler_rotation(theta[3 * k : 3 * k + 3])
        if parents[k] < 0:
            absolute[k] = local
        else:
            absolute[k] = absolute[parents[k]] @ local
    posed = np.zeros((len(vertices), 3))
    for k in range(bones):
        moved = vertices @ absolute[k][:3, :3].T + absolute[k][:3, 3]
        posed += weights[:, k : k + 1] * moved
    return np.mean(np.sum((posed - targets) ** 2, axis=1))


def hand_tracking_args(rng, scale):
    bones, n = pick(scale, (3, 4), (24, 3_000))
    parents = np.array([-1] + [max(0, k - 1 - k % 3) for k in range(1, bones)])
    base = np.zeros((bones, 4, 4))
    base[:] = np.eye(4)
    base[:, :3, 3] = 0.3 * rng.normal(size=(bones, 3))
    weights = rng.uniform(size=(n, bones))
    weights /= weights.sum(axis=1, keepdims=True)
    return (
        0.4 * rng.normal(size=3 * bones),
        parents,
        base,
        weights,
        rng.normal(size=(n, 3)),
        rng.normal(size=(n, 3)),
    )


case(hand_tracking_loss, hand_tracking_args, wrt=(0, 2))


def ray_march_loss(centre, radius, light, side, steps):
    """March rays towards a ball as far as its distance allows, then shade what they hit."""
    ys, xs = np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side), indexing="ij")
    rays = np.stack([xs, ys, 2.0 * np.ones_like(xs)], axis=-1).reshape(-1, 3)
    rays /= np.sqrt(np.sum(rays**2, axis=1))[:, None]
    t = np.zeros(len(rays))
    active = np.ones(len(rays), dtype=bool)
    for step in range(steps):
        p = rays[active] * t[active][:, None] - centre
        d = np.sqrt(np.sum(p * p, axis=1)) - radius
        t[active] += 0.7 * d
        active[active] = (d > 1e-3) & (t[active] < 6.0)
        if not np.any(active):
            break
    image = np.zeros(len(rays))
    hit = t < 5.0
    normal = rays[hit] * t[hit][:, None] - centre
    normal /= np.sqrt(np.sum(normal**2, axis=1))[:, None]
    image[hit] = np.maximum(normal @ light, 0.0) ** 2
    return np.sum(image)


def ray_march_args(rng, scale):
    side, steps = pick(scale, (5, 8), (100, 40))
    return (
        np.array([0.1, -0.05, 3.0]) + 0.02 * rng.normal(size=3),
        1.0,
        np.array([0.3, 0.4, -0.9]),
        side,
        steps,
    )


case(ray_march_loss, ray_march_args, wrt=(0, 1, 2), step=1e-5)


def compositing_loss(density, colour, background):
    """Volume rendering: light goes through slabs from front to back and is used up."""
    depth, height, width = density.shape
    image = np.zeros((height, width, 3))
    transmitted = np.ones((height, width))
    for z in range(depth):
        alpha = 1.0 - np.exp(-density[z])
        weight = transmitted * alpha
        for c in range(3):
            image[:, :, c] += weight * colour[z, :, :, c]
        transmitted *= 1.0 - alpha
        if np.all(transmitted < 1e-6):
            break
    image += transmitted[:, :, None] * background
    return np.mean((image - 0.5) ** 2)


def compositing_args(rng, scale):
    depth, side = pick(scale, (4, 3), (60, 64))
    return (
        rng.uniform(0.0, 0.5, size=(depth, side, side)),
        rng.uniform(size=(depth, side, side, 3)),
        rng.uniform(size=3),
    )


case(compositing_loss, compositing_args, wrt=(0, 1, 2))


def warp_loss(image, flow, target):
    """Warp an image along a flow with bilinear interpolation; compare with another one."""
    h, w = image.shape
    ys, xs = np.mgrid[0:h, 0:w]
    x = np.clip(xs + flow[..., 0], 0.001, w - 1.001)
    y = np.clip(ys + flow[..., 1], 0.001, h - 1.001)
    x0 = np.floor(x).astype(int)
    y0 = np.floor(y).astype(int)
    fx = x - x0
    fy = y - y0
    top = image[y0, x0] * (1.0 - fx) + image[y0, x0 + 1] * fx
    bottom = image[y0 + 1, x0] * (1.0 - fx) + image[y0 + 1, x0 + 1] * fx
    warped = top * (1.0 - fy) + bottom * fy
    return np.mean((warped - target) ** 2)


def warp_args(rng, scale):
    h, w = pick(scale, (5, 6), (240, 300))
    return (
        rng.normal(size=(h, w)),
        rng.uniform(0.15, 0.85, size=(h, w, 2)),
        rng.normal(size=(h, w)),
    )


case(warp_loss, warp_args, wrt=(0, 1), step=1e-4)


def spline_loss(knots, values, queries, observed):
    """A natural cubic spline: second derivatives from a tridiagonal system, then its values."""
    n = len(knots)
    h = knots[1:] - knots[:-1]
    second = np.zeros(n)
    ratio = np.zeros(n)
    for i in range(1, n - 1):
        slope = (values[i + 1] - values[i]) / h[i] - (values[i] - values[i - 1]) / h[i - 1]
        pivot = 2.0 * (h[i - 1] + h[i]) - h[i - 1] * ratio[i - 1]
        ratio[i] = h[i] / pivot
        second[i] = (6.0 * slope - h[i - 1] * second[i - 1]) / pivot
    for i in range(n - 2, 0, -1):
        second[i] -= ratio[i] * second[i + 1]
    k = np.searchsorted(knots, queries) - 1
    left = (knots[k + 1] - queries) / h[k]
    right = 1.0 - left
    fitted = left * values[k] + right * values[k + 1]
    fitted += ((left**3 - left) * second[k] + (right**3 - right) * second[k + 1]) * h[k] ** 2 / 6.0
    return np.sum((fitted - observed) ** 2)


def spline_args(rng, scale):
    n, q = pick(scale, (6, 9), (1_500, 20_000))
    knots = np.arange(n) + 0.3 * rng.uniform(size=n)
    queries = rng.uniform(knots[0] + 0.01, knots[-1] - 0.01, size=q)
    return knots, rng.normal(size=n), queries, rng.normal(size=q)


case(spline_loss, spline_args, wrt=(0, 1, 2), step=1e-5)


def optical_flow_loss(first, second, smooth, sweeps):
    """Horn and Schunck's iteration: flow from gradients, averaged over neighbours in place."""
    ix = np.zeros_like(first)
    iy = np.zeros_like(first)
    ix[:, 1:-1] = 0.5 * (first[:, 2:] - first[:, :-2])
    iy[1:-1, :] = 0.5 * (first[2:, :] - first[:-2, :])
    it = second - first
    flow = np.zeros((2,) + first.shape)
    u, v = flow[0], flow[1]
    for sweep in range(sweeps):
        mean = flow.copy()
        mean[:, 1:-1, 1:-1] = 0.25 * (
            flow[:, 2:, 1:-1] + flow[:, :-2, 1:-1] + flow[:, 1:-1, 2:] + flow[:, 1:-1, :-2]
        )
        common = (ix * mean[0] + iy * mean[1] + it) / (smooth**2 + ix**2 + iy**2)
        u[:] = mean[0] - ix * common
        v[:] = mean[1] - iy * common
    return np.sum(flow**2)


def optical_flow_args(rng, scale):
    n, sweeps = pick(scale, (5, 3), (100, 25))
    first = rng.normal(size=(n, n))
    return first, first + 0.1 * rng.normal(size=(n, n)), 1.2, sweeps


case(optical_flow_loss, optical_flow_args, wrt=(0, 1, 2))


def blur_loss(image, sigma, radius):
    """A separable Gaussian blur: columns into a buffer, rows back over the image itself."""
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    kernel /= kernel.sum()
    out = image.copy()
    buffer = np.zeros_like(out)
    for k in range(len(kernel)):
        buffer += kernel[k] * np.roll(out, offsets[k], axis=0)
    out[...] = 0.0
    for k in range(len(kernel)):
        out += kernel[k] * np.roll(buffer, offsets[k], axis=1)
    return np.sum((image - out) ** 2)


def blur_args(rng, scale):
    n, radius = pick(scale, (5, 1), (300, 6))
    return rng.normal(size=(n, n)), 0.9, radius


case(blur_loss, blur_args, wrt=(0, 1))
