"""Particles and differential equations: trajectories filled step by step."""

import math

import numpy as np

from tests.programs.case import Case, collector, pick

CASES: list[Case] = []
case = collector(CASES)


def accelerations(pos, mass, softening, acc):
    """Fill ``acc`` with the pull that every body feels from every other one."""
    n = len(pos)
    acc[:] = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            d = pos[j] - pos[i]
            inv = 1.0 / (np.sum(d * d) + softening**2) ** 1.5
            acc[i] += mass[j] * inv * d
            acc[j] -= mass[i] * inv * d


def nbody_loss(pos0, vel0, mass, dt, steps):
    """Gravity by pairs with the leapfrog scheme; the loss is about the final positions."""
    pos = pos0.copy()
    vel = vel0.copy()
    acc = np.zeros_like(pos)
    accelerations(pos, mass, 0.3, acc)
    for t in range(steps):
        vel += 0.5 * dt * acc
        pos += dt * vel
        accelerations(pos, mass, 0.3, acc)
        vel += 0.5 * dt * acc
    return np.sum(pos**2) + 0.5 * np.sum(mass * np.sum(vel**2, axis=1))


def nbody_args(rng, scale):
    n, steps = pick(scale, (3, 3), (10, 15))
    return (
        rng.normal(size=(n, 3)),
        0.3 * rng.normal(size=(n, 3)),
        rng.uniform(0.5, 1.0, size=n),
        0.05,
        steps,
    )


case(nbody_loss, nbody_args, "complex", wrt=(0, 1, 2))


def nbody_vector_loss(pos0, vel0, mass, dt, steps):
    """The same forces from all pairs at once, with the energy recorded at every step."""
    pos = pos0.copy()
    vel = vel0.copy()
    kinetic = np.zeros(steps)
    for t in range(steps):
        d = pos[None, :, :] - pos[:, None, :]
        r2 = np.sum(d**2, axis=2) + 0.1
        inv = r2**-1.5
        np.fill_diagonal(inv, 0.0)
        acc = np.einsum("ij,ijk,j->ik", inv, d, mass)
        vel += dt * acc
        pos += dt * vel
        kinetic[t] = 0.5 * np.sum(mass[:, None] * vel**2)
    return np.var(kinetic) + np.sum(pos[0] ** 2)


def nbody_vector_args(rng, scale):
    n, steps = pick(scale, (4, 3), (80, 20))
    return (
        rng.normal(size=(n, 3)),
        0.3 * rng.normal(size=(n, 3)),
        rng.uniform(0.5, 1.0, size=n) / n,
        0.05,
        steps,
    )


case(nbody_vector_loss, nbody_vector_args, wrt=(0, 1, 2))


def lotka_volterra(y, p):
    """The rates of prey and predator."""
    dy = np.empty_like(y)
    dy[0] = p[0] * y[0] - p[1] * y[0] * y[1]
    dy[1] = -p[2] * y[1] + p[3] * y[0] * y[1]
    return dy


def rk4_loss(y0, p, data, dt):
    """Fit a trajectory of the classical Runge-Kutta scheme to observations."""
    n = len(data)
    ys = np.empty((n, 2))
    ys[0] = y0
    for i in range(n - 1):
        y = ys[i]
        k1 = lotka_volterra(y, p)
        k2 = lotka_volterra(y + 0.5 * dt * k1, p)
        k3 = lotka_volterra(y + 0.5 * dt * k2, p)
        k4 = lotka_volterra(y + dt * k3, p)
        ys[i + 1] = y + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.mean((ys - data) ** 2)


def rk4_args(rng, scale):
    n = pick(scale, 6, 300)
    return (
        np.array([1.0, 0.5]),
        np.array([1.1, 0.6, 0.9, 0.5]),
        rng.uniform(0.5, 1.5, size=(n, 2)),
        0.05,
    )


case(rk4_loss, rk4_args, wrt=(0, 1))


def adaptive_loss(y0, stiffness, t_end, tol):
    """Heun and Euler as an embedded pair: the step shrinks or grows with the error estimate."""
    y = y0.copy()
    t = 0.0
    h = 0.1
    rejected = 0
    while t < t_end:
        if t + h > t_end:
            h = t_end - t
        k1 = -stiffness * y + np.sin(t)
        k2 = -stiffness * (y + h * k1) + np.sin(t + h)
        error = 0.5 * h * np.sqrt(np.mean((k2 - k1) ** 2))
        if error > tol:
            h *= max(0.2, 0.9 * math.sqrt(tol / error))
            rejected += 1
            continue
        y += 0.5 * h * (k1 + k2)
        t += h
        h *= min(3.0, 0.9 * math.sqrt(tol / (error + 1e-12)))
    return np.sum(y**2)


def adaptive_args(rng, scale):
    n, t_end, tol = pick(scale, (3, 1.0, 1e-2), (2_000, 4.0, 1e-4))
    return rng.normal(size=n), rng.uniform(1.0, 4.0, size=n), t_end, tol


case(adaptive_loss, adaptive_args, "float64", wrt=(0, 1), step=1e-5)


def lorenz_loss(start, sigma, rho, beta, dt, steps):
    """Euler's scheme for the Lorenz system, written number by number into a table."""
    xyz = np.zeros((steps + 1, 3))
    xyz[0] = start
    for i in range(steps):
        x, y, z = xyz[i]
        xyz[i + 1, 0] = x + dt * sigma * (y - x)
        xyz[i + 1, 1] = y + dt * (x * (rho - z) - y)
        xyz[i + 1, 2] = z + dt * (x * y - beta * z)
    return np.mean(xyz**2)


def lorenz_args(rng, scale):
    steps = pick(scale, 8, 1_000)
    return np.array([1.0, 1.2, 0.8]), 10.0, 28.0, 8.0 / 3.0, pick(scale, 0.01, 5e-4), steps


case(lorenz_loss, lorenz_args, wrt=(0, 1, 2, 3))


def mass_spring_loss(x0, v0, k, rest, dt, steps):
    """A chain of masses and springs by velocity Verlet; the first mass is held."""
    x = x0.copy()
    v = v0.copy()
    force = np.zeros_like(x)
    for t in range(steps):
        v += 0.5 * dt * force
        x += dt * v
        force[:] = 0.0
        stretch = x[1:] - x[:-1] - rest
        pull = k * stretch + 0.3 * stretch**3
        force[:-1] += pull
        force[1:] -= pull
        force -= 0.1 * v
        v += 0.5 * dt * force
        v[0] = 0.0
        x[0] = x0[0]
    return np.sum((x - np.arange(len(x))) ** 2) + np.sum(v**2)


def mass_spring_args(rng, scale):
    n, steps = pick(scale, (5, 5), (10_000, 100))
    x0 = np.arange(n) + 0.2 * rng.normal(size=n)
    return x0, 0.1 * rng.normal(size=n), rng.uniform(0.5, 2.0, size=n - 1), 1.0, 0.05, steps


case(mass_spring_loss, mass_spring_args, "complex", wrt=(0, 1, 2))


def epidemic_loss(beta, gamma, initial, observed, dt):
    """Susceptible, infected, recovered: daily counts collected in a list, compared in the end."""
    s, i, r = initial
    infected = []
    for day in range(len(observed)):
        new = beta[day // 7] * s * i * dt
        healed = gamma * i * dt
        s, i, r = s - new, i + new - healed, r + healed
        infected.append(i)
    residual = np.array(infected) - observed
    return np.sum(residual**2)


def epidemic_args(rng, scale):
    days = pick(scale, 15, 3_000)
    return (
        rng.uniform(0.8, 1.2, size=days // 7 + 1),
        0.3,
        (0.9, 0.1, 0.0),
        rng.uniform(0.0, 0.4, size=days),
        pick(scale, 0.5, 0.01),
    )


case(epidemic_loss, epidemic_args, wrt=(0, 1, 2))


def kuramoto_loss(theta0, omega, coupling, dt, steps):
    """Coupled oscillators: phases drift in place, the order parameter is kept at every step."""
    theta = theta0.copy()
    order = np.empty(steps)
    n = len(theta)
    for t in range(steps):
        c = np.sum(np.cos(theta)) / n
        s = np.sum(np.sin(theta)) / n
        theta += dt * (omega + coupling * (s * np.cos(theta) - c * np.sin(theta)))
        theta[theta > np.pi] -= 2.0 * np.pi
        order[t] = np.hypot(c, s)
    return np.mean(order) + 0.1 * order[-1] ** 2


def kuramoto_args(rng, scale):
    n, steps = pick(scale, (5, 6), (2_000, 100))
    return rng.uniform(-3.0, 3.0, size=n), rng.normal(size=n), 1.5, 0.05, steps


case(kuramoto_loss, kuramoto_args, wrt=(0, 1, 2))
