"""Explicit schemes on grids: slices of arrays, written in place, step after step."""

import numpy as np

from tests.programs.case import Case, collector, pick

CASES: list[Case] = []
case = collector(CASES)


def heat_1d_loss(u0, r, steps):
    """Explicit Euler for the heat equation on a rod with fixed ends."""
    u = u0.copy()
    for t in range(steps):
        u[1:-1] += r * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u**2)


def heat_1d_args(rng, scale):
    n, steps = pick(scale, (12, 6), (20_000, 200))
    return rng.normal(size=n), 0.2, steps


case(heat_1d_loss, heat_1d_args, "complex", "golden", bar=3.0)
case(heat_1d_loss, heat_1d_args, "complex", "golden", wrt=(0, 1), name="heat_1d_rate")


def heat_2d_loss(u0, kappa, dt, steps):
    """Heat in a plate whose conductivity varies: fluxes through faces, then their divergence."""
    u = u0.copy()
    kx = 0.5 * (kappa[1:, :] + kappa[:-1, :])
    ky = 0.5 * (kappa[:, 1:] + kappa[:, :-1])
    flux_x = np.zeros((u.shape[0] - 1, u.shape[1]))
    flux_y = np.zeros((u.shape[0], u.shape[1] - 1))
    for t in range(steps):
        flux_x[:, :] = -kx * (u[1:, :] - u[:-1, :])
        flux_y[:, :] = -ky * (u[:, 1:] - u[:, :-1])
        u[1:-1, 1:-1] -= dt * (
            flux_x[1:, 1:-1] - flux_x[:-1, 1:-1] + flux_y[1:-1, 1:] - flux_y[1:-1, :-1]
        )
    return np.mean(u**2) + u[u.shape[0] // 2, u.shape[1] // 2]


def heat_2d_args(rng, scale):
    n, steps = pick(scale, (7, 4), (160, 60))
    return rng.normal(size=(n, n)), rng.uniform(0.5, 1.5, size=(n, n)), 0.1, steps


case(heat_2d_loss, heat_2d_args, wrt=(0, 1))


def heat_3d_step(u, v, r):
    """One step of the heat equation from one buffer into the other."""
    v[1:-1, 1:-1, 1:-1] = (
        r * (u[2:, 1:-1, 1:-1] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1])
        + r * (u[1:-1, 2:, 1:-1] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[1:-1, :-2, 1:-1])
        + r * (u[1:-1, 1:-1, 2:] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[1:-1, 1:-1, :-2])
        + u[1:-1, 1:-1, 1:-1]
    )


def heat_3d_loss(u0, r, steps):
    """Heat in a block, from one buffer to the other and back."""
    u = u0.copy()
    v = u0.copy()
    for t in range(steps):
        heat_3d_step(u, v, r)
        heat_3d_step(v, u, r)
    return np.sum(u[1:-1, 1:-1, 1:-1] ** 2)


def heat_3d_args(rng, scale):
    n, steps = pick(scale, (5, 2), (36, 15))
    return rng.normal(size=(n, n, n)), 0.12, steps


case(heat_3d_loss, heat_3d_args, "complex")


def jacobi_1d_loss(A, B, steps):
    """Three-point averages, to and fro between two arrays."""
    A = A.copy()
    B = B.copy()
    for t in range(1, steps):
        B[1:-1] = 0.33333 * (A[:-2] + A[1:-1] + A[2:])
        A[1:-1] = 0.33333 * (B[:-2] + B[1:-1] + B[2:])
    return np.sum(A * A) + np.sum(B)


def jacobi_1d_args(rng, scale):
    n, steps = pick(scale, (10, 5), (20_000, 100))
    return rng.normal(size=n), rng.normal(size=n), steps


case(jacobi_1d_loss, jacobi_1d_args, "complex", "golden", wrt=(0, 1))


def jacobi_2d_loss(f, boundary, tol, limit):
    """Solve a Poisson problem by Jacobi sweeps in ping-pong buffers until little changes."""
    n, m = f.shape
    old = np.zeros((n, m))
    old[0, :] = boundary
    new = old.copy()
    for sweep in range(limit):
        new[1:-1, 1:-1] = 0.25 * (
            old[:-2, 1:-1] + old[2:, 1:-1] + old[1:-1, :-2] + old[1:-1, 2:] + f[1:-1, 1:-1]
        )
        change = np.max(np.abs(new - old))
        old, new = new, old
        if change < tol:
            break
    return np.sum(old**2)


def jacobi_2d_args(rng, scale):
    n, tol, limit = pick(scale, (6, 1e-2, 100), (80, 1e-3, 300))
    return rng.normal(size=(n, n)), rng.normal(size=n), tol, limit


case(jacobi_2d_loss, jacobi_2d_args, wrt=(0, 1))


def gauss_seidel_loss(u0, f, omega, sweeps):
    """Successive over-relaxation, point by point, always with the newest neighbours."""
    u = u0.copy()
    n, m = u.shape
    for sweep in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                r = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j]
                u[i, j] = (1.0 - omega) * u[i, j] + omega * 0.25 * r
    return np.sum(u[1:-1, 1:-1] ** 2)


def gauss_seidel_args(rng, scale):
    n, sweeps = pick(scale, (6, 3), (40, 15))
    return rng.normal(size=(n, n)), rng.normal(size=(n, n)), 1.4, sweeps


case(gauss_seidel_loss, gauss_seidel_args, "complex", wrt=(0, 1, 2))


def relax_colour(u, f, i0, j0):
    """Relax every other point in every other row."""
    here = u[i0:-1:2, j0:-1:2]
    n, m = here.shape
    here[...] = 0.25 * (
        u[i0 - 1 : i0 - 1 + 2 * n : 2, j0:-1:2]
        + u[i0 + 1 : i0 + 1 + 2 * n : 2, j0:-1:2]
        + u[i0:-1:2, j0 - 1 : j0 - 1 + 2 * m : 2]
        + u[i0:-1:2, j0 + 1 : j0 + 1 + 2 * m : 2]
        - f[i0:-1:2, j0:-1:2]
    )


def red_black_loss(u0, f, sweeps):
    """Gauss-Seidel in red-black order: each colour at once through strided views."""
    u = u0.copy()
    for sweep in range(sweeps):
        relax_colour(u, f, 1, 1)
        relax_colour(u, f, 2, 2)
        relax_colour(u, f, 1, 2)
        relax_colour(u, f, 2, 1)
    return np.sum(u**3)


def red_black_args(rng, scale):
    n, sweeps = pick(scale, (8, 3), (200, 40))
    return rng.normal(size=(n, n)), rng.normal(size=(n, n)), sweeps


case(red_black_loss, red_black_args, "complex", wrt=(0, 1))


def fdtd_2d_loss(ex, ey, hz, eps, source):
    """Yee's scheme for a transverse electric wave with a source along one side."""
    ex, ey, hz = ex.copy(), ey.copy(), hz.copy()
    c = 0.5 / eps
    for t in range(len(source)):
        ey[0, :] = source[t]
        ey[1:, :] -= c[1:, :] * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= c[:, 1:] * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return np.sum(hz**2) + 0.5 * np.sum(ex**2 + ey**2)


def fdtd_2d_args(rng, scale):
    n, steps = pick(scale, (6, 5), (150, 60))
    fields = [rng.normal(size=(n, n + 1)) for _ in range(3)]
    return *fields, rng.uniform(1.0, 2.0, size=(n, n + 1)), np.sin(0.3 * np.arange(steps))


case(fdtd_2d_loss, fdtd_2d_args, "complex", wrt=(2, 3, 4))


def wave_mur_loss(speed, u0, dt, dx, steps):
    """The wave equation in one dimension; Mur's condition lets waves out at both ends."""
    c = (speed * dt / dx) ** 2
    before = u0.copy()
    now = u0.copy()
    after = np.zeros(len(u0))
    left = (speed[0] * dt - dx) / (speed[0] * dt + dx)
    right = (speed[-1] * dt - dx) / (speed[-1] * dt + dx)
    recorded = np.zeros(steps)
    for t in range(steps):
        after[1:-1] = (
            2.0 * now[1:-1] - before[1:-1] + c[1:-1] * (now[2:] - 2.0 * now[1:-1] + now[:-2])
        )
        after[0] = now[1] + left * (after[1] - now[0])
        after[-1] = now[-2] + right * (after[-2] - now[-1])
        before, now, after = now, after, before
        recorded[t] = now[len(u0) // 3]
    return np.sum(recorded**2) + np.sum(now**2)


def wave_mur_args(rng, scale):
    n, steps = pick(scale, (14, 9), (4_000, 300))
    x = np.linspace(0.0, 1.0, n)
    dx = x[1] - x[0]
    pulse = np.exp(-(((x - 0.4) / 0.15) ** 2)) + 0.1 * rng.normal(size=n)
    return rng.uniform(0.6, 1.0, size=n), pulse, 0.6 * dx, dx, steps


case(wave_mur_loss, wave_mur_args, wrt=(0, 1))


def upwind_loss(q0, velocity, dt, dx, steps):
    """First-order upwind advection with inflow and outflow on a periodic line."""
    q = q0.copy()
    flux = np.empty(len(q) + 1)
    for t in range(steps):
        plus = np.maximum(velocity, 0.0)
        minus = np.minimum(velocity, 0.0)
        flux[1:-1] = plus[1:-1] * q[:-1] + minus[1:-1] * q[1:]
        flux[0] = plus[0] * q[-1] + minus[0] * q[0]
        flux[-1] = flux[0]
        q -= dt / dx * (flux[1:] - flux[:-1])
    return np.sum(q**2) + q[3]


def upwind_args(rng, scale):
    n, steps = pick(scale, (10, 6), (10_000, 100))
    velocity = rng.choice([-1.0, 1.0], size=n + 1) * rng.uniform(0.3, 1.0, size=n + 1)
    return rng.uniform(0.5, 1.5, size=n), velocity, 0.3, 1.0, steps


case(upwind_loss, upwind_args, wrt=(0, 1))


def burgers_loss(u0, nu, dt, dx, steps):
    """MacCormack's predictor and corrector for the viscous Burgers equation."""
    u = u0.copy()
    star = np.empty_like(u)
    for t in range(steps):
        f = 0.5 * u * u
        star[:] = u
        star[1:-1] = (
            u[1:-1]
            - dt / dx * (f[2:] - f[1:-1])
            + nu * dt / dx**2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        )
        g = 0.5 * star * star
        u[1:-1] = 0.5 * (
            u[1:-1]
            + star[1:-1]
            - dt / dx * (g[1:-1] - g[:-2])
            + nu * dt / dx**2 * (star[2:] - 2.0 * star[1:-1] + star[:-2])
        )
    return np.sum(u**2) * dx


def burgers_args(rng, scale):
    n, steps = pick(scale, (12, 6), (10_000, 60))
    x = np.linspace(0.0, 2.0 * np.pi, n)
    u0 = np.sin(x) + 0.1 * rng.normal(size=n)
    dx = x[1] - x[0]
    return u0, 0.3 * dx, 0.2 * dx, dx, steps


case(burgers_loss, burgers_args, "complex", wrt=(0, 1))


def nonlinear_stencil_loss(u0, c, steps):
    """A nonlinear update of the inner points from their neighbours."""
    u = u0.copy()
    for t in range(steps):
        u[1:-1] -= c * u[1:-1] * (u[2:] - u[:-2])
    return np.sum(u**2)


def nonlinear_stencil_args(rng, scale):
    n, steps = pick(scale, (10, 5), (20_000, 100))
    return 1.0 + 0.1 * rng.normal(size=n), 0.05, steps


case(nonlinear_stencil_loss, nonlinear_stencil_args, "complex", "golden")


def level_set_step(phi, speed, dt, dx):
    """Move a front along its normal: Godunov's upwind gradient on a periodic grid."""
    back_x = (phi - np.roll(phi, 1, axis=0)) / dx
    fore_x = (np.roll(phi, -1, axis=0) - phi) / dx
    back_y = (phi - np.roll(phi, 1, axis=1)) / dx
    fore_y = (np.roll(phi, -1, axis=1) - phi) / dx
    grow = np.sqrt(
        np.maximum(back_x, 0.0) ** 2
        + np.minimum(fore_x, 0.0) ** 2
        + np.maximum(back_y, 0.0) ** 2
        + np.minimum(fore_y, 0.0) ** 2
        + 1e-3
    )
    shrink = np.sqrt(
        np.minimum(back_x, 0.0) ** 2
        + np.maximum(fore_x, 0.0) ** 2
        + np.minimum(back_y, 0.0) ** 2
        + np.maximum(fore_y, 0.0) ** 2
        + 1e-3
    )
    phi -= dt * np.where(speed > 0.0, speed * grow, speed * shrink)


def level_set_loss(phi0, speed, dt, dx, steps):
    """The area inside a moving front, with a smooth Heaviside function."""
    phi = phi0.copy()
    for t in range(steps):
        level_set_step(phi, speed, dt, dx)
    return np.sum(1.0 / (1.0 + np.exp(phi / dx))) * dx * dx


def level_set_args(rng, scale):
    n, steps = pick(scale, (7, 3), (120, 12))
    x = np.linspace(-1.0, 1.0, n)
    phi0 = np.sqrt(x[:, None] ** 2 + 1.3 * x[None, :] ** 2 + 0.01) - 0.5
    phi0 = phi0 + 0.1 * rng.normal(size=(n, n))
    speed = rng.choice([-1.0, 1.0], size=(n, n)) * rng.uniform(0.3, 1.0, size=(n, n))
    return phi0, speed, 0.2 * (x[1] - x[0]), x[1] - x[0], steps


case(level_set_loss, level_set_args, wrt=(0, 1), step=1e-4)


def gray_scott_loss(u0, v0, feed, kill, steps):
    """Reaction and diffusion of two substances, with a frame of ghost points."""
    n, m = u0.shape
    u = np.empty((n + 2, m + 2))
    v = np.empty((n + 2, m + 2))
    u[1:-1, 1:-1] = u0
    v[1:-1, 1:-1] = v0
    inner_u = u[1:-1, 1:-1]
    inner_v = v[1:-1, 1:-1]
    for t in range(steps):
        for w in (u, v):
            w[0, :], w[-1, :] = w[-2, :], w[1, :]
            w[:, 0], w[:, -1] = w[:, -2], w[:, 1]
        lap_u = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * inner_u
        lap_v = v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] - 4.0 * inner_v
        react = inner_u * inner_v * inner_v
        inner_u += 0.16 * lap_u - react + feed * (1.0 - inner_u)
        inner_v += 0.08 * lap_v + react - (feed + kill) * inner_v
    return np.sum(v[1:-1, 1:-1] ** 2)


def gray_scott_args(rng, scale):
    n, steps = pick(scale, (5, 4), (120, 40))
    return rng.uniform(0.4, 1.0, (n, n)), rng.uniform(0.0, 0.4, (n, n)), 0.04, 0.06, steps


case(gray_scott_loss, gray_scott_args, wrt=(0, 1, 2, 3))
