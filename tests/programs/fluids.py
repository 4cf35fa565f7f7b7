"""Fluids and the atmosphere: several fields at once, boundaries, solvers inside of steps."""

import numpy as np

from tests.programs.case import Case, collector, pick

CASES: list[Case] = []
case = collector(CASES)


def reflect(h, hu, hv):
    """Walls on all four sides: even in the depth, odd in the normal momentum."""
    h[0, :], hu[0, :], hv[0, :] = h[1, :], -hu[1, :], hv[1, :]
    h[-1, :], hu[-1, :], hv[-1, :] = h[-2, :], -hu[-2, :], hv[-2, :]
    h[:, 0], hu[:, 0], hv[:, 0] = h[:, 1], hu[:, 1], -hv[:, 1]
    h[:, -1], hu[:, -1], hv[:, -1] = h[:, -2], hu[:, -2], -hv[:, -2]


def shallow_water_loss(h0, g, dt, dx, steps):
    """The shallow water equations by the Lax-Friedrichs scheme in a basin."""
    h = h0.copy()
    hu = np.zeros_like(h)
    hv = np.zeros_like(h)
    lam = 0.5 * dt / dx
    for t in range(steps):
        reflect(h, hu, hv)
        u = hu / h
        v = hv / h
        pressure = 0.5 * g * h**2
        fx = hu * u + pressure
        fy = hv * v + pressure
        cross = hu * v
        new_h = 0.25 * (h[2:, 1:-1] + h[:-2, 1:-1] + h[1:-1, 2:] + h[1:-1, :-2])
        new_h -= lam * (hu[2:, 1:-1] - hu[:-2, 1:-1] + hv[1:-1, 2:] - hv[1:-1, :-2])
        new_hu = 0.25 * (hu[2:, 1:-1] + hu[:-2, 1:-1] + hu[1:-1, 2:] + hu[1:-1, :-2])
        new_hu -= lam * (fx[2:, 1:-1] - fx[:-2, 1:-1] + cross[1:-1, 2:] - cross[1:-1, :-2])
        new_hv = 0.25 * (hv[2:, 1:-1] + hv[:-2, 1:-1] + hv[1:-1, 2:] + hv[1:-1, :-2])
        new_hv -= lam * (cross[2:, 1:-1] - cross[:-2, 1:-1] + fy[1:-1, 2:] - fy[1:-1, :-2])
        h[1:-1, 1:-1] = new_h
        hu[1:-1, 1:-1] = new_hu
        hv[1:-1, 1:-1] = new_hv
    inner = h[1:-1, 1:-1]
    return np.sum((inner - 1.0) ** 2) + np.sum(hu[1:-1, 1:-1] ** 2 / inner)


def shallow_water_args(rng, scale):
    n, steps = pick(scale, (7, 4), (100, 25))
    return 1.0 + 0.2 * rng.uniform(size=(n, n)), 9.81, 0.01, 0.1, steps


case(shallow_water_loss, shallow_water_args, "complex", wrt=(0, 1))


def divergence_source(b, rho, dt, u, v, dx, dy):
    """Fill the right-hand side of the pressure equation from the velocities."""
    du = (u[1:-1, 2:] - u[1:-1, :-2]) / (2.0 * dx)
    dv = (v[2:, 1:-1] - v[:-2, 1:-1]) / (2.0 * dy)
    du_dy = (u[2:, 1:-1] - u[:-2, 1:-1]) / (2.0 * dy)
    dv_dx = (v[1:-1, 2:] - v[1:-1, :-2]) / (2.0 * dx)
    b[1:-1, 1:-1] = rho * ((du + dv) / dt - du**2 - 2.0 * du_dy * dv_dx - dv**2)


def solve_pressure(p, b, dx, dy, sweeps):
    """Relax the pressure in place; its gradient vanishes at the walls and p is 0 at the lid."""
    old = np.empty_like(p)
    for sweep in range(sweeps):
        old[:] = p
        p[1:-1, 1:-1] = (
            (old[1:-1, 2:] + old[1:-1, :-2]) * dy**2
            + (old[2:, 1:-1] + old[:-2, 1:-1]) * dx**2
            - dx**2 * dy**2 * b[1:-1, 1:-1]
        ) / (2.0 * (dx**2 + dy**2))
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0.0


def cavity_flow_loss(lid, rho, nu, n, dt, steps, sweeps):
    """Flow in a box that its moving lid drives, with a pressure solve in each step."""
    dx = 2.0 / (n - 1)
    dy = dx
    u = np.zeros((n, n))
    v = np.zeros((n, n))
    p = np.zeros((n, n))
    b = np.zeros((n, n))
    for t in range(steps):
        divergence_source(b, rho, dt, u, v, dx, dy)
        solve_pressure(p, b, dx, dy, sweeps)
        un = u.copy()
        vn = v.copy()
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (un[1:-1, 1:-1] - un[1:-1, :-2])
            - vn[1:-1, 1:-1] * dt / dy * (un[1:-1, 1:-1] - un[:-2, 1:-1])
            - dt / (2.0 * rho * dx) * (p[1:-1, 2:] - p[1:-1, :-2])
            + nu * dt / dx**2 * (un[1:-1, 2:] - 2.0 * un[1:-1, 1:-1] + un[1:-1, :-2])
            + nu * dt / dy**2 * (un[2:, 1:-1] - 2.0 * un[1:-1, 1:-1] + un[:-2, 1:-1])
        )
        v[1:-1, 1:-1] = (
            vn[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (vn[1:-1, 1:-1] - vn[1:-1, :-2])
            - vn[1:-1, 1:-1] * dt / dy * (vn[1:-1, 1:-1] - vn[:-2, 1:-1])
            - dt / (2.0 * rho * dy) * (p[2:, 1:-1] - p[:-2, 1:-1])
            + nu * dt / dx**2 * (vn[1:-1, 2:] - 2.0 * vn[1:-1, 1:-1] + vn[1:-1, :-2])
            + nu * dt / dy**2 * (vn[2:, 1:-1] - 2.0 * vn[1:-1, 1:-1] + vn[:-2, 1:-1])
        )
        u[0, :] = 0.0
        u[:, 0] = 0.0
        u[:, -1] = 0.0
        u[-1, :] = lid
        v[0, :] = 0.0
        v[-1, :] = 0.0
        v[:, 0] = 0.0
        v[:, -1] = 0.0
    return np.sum(u**2 + v**2) + 0.1 * np.mean(p**2)


def cavity_flow_args(rng, scale):
    n, steps, sweeps = pick(scale, (7, 4, 3), (41, 15, 20))
    return rng.uniform(0.8, 1.2, size=n), 1.0, 0.1, n, pick(scale, 0.01, 0.002), steps, sweeps


case(cavity_flow_loss, cavity_flow_args, wrt=(0, 1, 2))


def vertical_advection_loss(wcon, u_stage, tend, dt):
    """Implicit vertical advection: one tridiagonal solve for all columns at once."""
    ni, nj, nk = u_stage.shape
    c = np.empty((ni, nj, nk))
    d = np.empty((ni, nj, nk))
    out = np.empty((ni, nj, nk))
    for k in range(nk):
        below = 0.25 * (wcon[:-1, :, k] + wcon[1:, :, k])
        above = 0.25 * (wcon[:-1, :, k + 1] + wcon[1:, :, k + 1])
        correction = np.zeros((ni, nj))
        diagonal = np.full((ni, nj), 1.0 / dt)
        if k > 0:
            correction -= 0.5 * below * (u_stage[:, :, k - 1] - u_stage[:, :, k])
            lower = -0.5 * below
            diagonal -= lower
        if k < nk - 1:
            correction -= 0.5 * above * (u_stage[:, :, k + 1] - u_stage[:, :, k])
            c[:, :, k] = 0.5 * above
            diagonal -= c[:, :, k]
        d[:, :, k] = u_stage[:, :, k] / dt + tend[:, :, k] + correction
        if k > 0:
            scale = 1.0 / (diagonal - c[:, :, k - 1] * lower)
            d[:, :, k] = (d[:, :, k] - d[:, :, k - 1] * lower) * scale
        else:
            scale = 1.0 / diagonal
            d[:, :, k] *= scale
        if k < nk - 1:
            c[:, :, k] *= scale
    out[:, :, -1] = d[:, :, -1]
    for k in range(nk - 2, -1, -1):
        out[:, :, k] = d[:, :, k] - c[:, :, k] * out[:, :, k + 1]
    return np.sum(((out - u_stage) / dt) ** 2)


def vertical_advection_args(rng, scale):
    ni, nj, nk = pick(scale, (3, 2, 5), (60, 60, 40))
    return (
        0.2 * rng.normal(size=(ni + 1, nj, nk + 1)),
        rng.normal(size=(ni, nj, nk)),
        0.1 * rng.normal(size=(ni, nj, nk)),
        0.5,
    )


case(vertical_advection_loss, vertical_advection_args, wrt=(0, 1, 2))


def horizontal_diffusion_loss(field, coeff):
    """Fourth-order diffusion whose fluxes are cut where they would steepen the field."""
    lap = 4.0 * field[1:-1, 1:-1, :] - (
        field[2:, 1:-1, :] + field[:-2, 1:-1, :] + field[1:-1, 2:, :] + field[1:-1, :-2, :]
    )
    flux_x = lap[1:, 1:-1, :] - lap[:-1, 1:-1, :]
    rise_x = field[2:-1, 2:-2, :] - field[1:-2, 2:-2, :]
    flux_x[flux_x * rise_x > 0.0] = 0.0
    flux_y = lap[1:-1, 1:, :] - lap[1:-1, :-1, :]
    rise_y = field[2:-2, 2:-1, :] - field[2:-2, 1:-2, :]
    flux_y[flux_y * rise_y > 0.0] = 0.0
    out = field.copy()
    out[2:-2, 2:-2, :] -= coeff[2:-2, 2:-2, :] * (
        flux_x[1:] - flux_x[:-1] + flux_y[:, 1:] - flux_y[:, :-1]
    )
    return np.sum(out**2)


def horizontal_diffusion_args(rng, scale):
    n, k = pick(scale, (7, 2), (120, 40))
    return rng.normal(size=(n, n, k)), rng.uniform(0.02, 0.05, size=(n, n, k))


case(horizontal_diffusion_loss, horizontal_diffusion_args, wrt=(0, 1), step=1e-5)


def lattice_boltzmann_loss(rho0, ux0, omega, steps):
    """Streaming and collision of nine populations on a periodic square lattice."""
    cx = [0, 1, 0, -1, 0, 1, -1, -1, 1]
    cy = [0, 0, 1, 0, -1, 1, 1, -1, -1]
    weight = [4 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 36, 1 / 36, 1 / 36, 1 / 36]
    f = np.empty((9,) + rho0.shape)
    for i in range(9):
        f[i] = weight[i] * rho0 * (1.0 + 3.0 * cx[i] * ux0)
    for t in range(steps):
        for i in range(9):
            f[i] = np.roll(np.roll(f[i], cx[i], axis=0), cy[i], axis=1)
        rho = np.sum(f, axis=0)
        ux = (f[1] + f[5] + f[8] - f[3] - f[6] - f[7]) / rho
        uy = (f[2] + f[5] + f[6] - f[4] - f[7] - f[8]) / rho
        square = 1.5 * (ux * ux + uy * uy)
        for i in range(9):
            cu = 3.0 * (cx[i] * ux + cy[i] * uy)
            equilibrium = weight[i] * rho * (1.0 + cu + 0.5 * cu * cu - square)
            f[i] += omega * (equilibrium - f[i])
    return np.sum(ux**2 + uy**2) + np.sum((rho - 1.0) ** 2)


def lattice_boltzmann_args(rng, scale):
    n, steps = pick(scale, (4, 3), (80, 10))
    return rng.uniform(0.9, 1.1, (n, n)), 0.1 * rng.normal(size=(n, n)), 0.8, steps


case(lattice_boltzmann_loss, lattice_boltzmann_args, wrt=(0, 1, 2))


def thomas(lower, diagonal, upper, d):
    """Solve a tridiagonal system; the answer replaces ``d``, and ``diagonal`` is used up."""
    n = len(d)
    for i in range(1, n):
        w = lower[i] / diagonal[i - 1]
        diagonal[i] -= w * upper[i - 1]
        d[i] -= w * d[i - 1]
    d[n - 1] /= diagonal[n - 1]
    for i in range(n - 2, -1, -1):
        d[i] = (d[i] - upper[i] * d[i + 1]) / diagonal[i]


def crank_nicolson_loss(u0, kappa, dt, dx, steps):
    """Half implicit diffusion with a conductivity that varies along the rod."""
    n = len(u0)
    u = u0.copy()
    r = 0.5 * dt / dx**2 * kappa
    for t in range(steps):
        diagonal = 1.0 + 2.0 * r
        lower = -r
        upper = -r
        d = u.copy()
        d[1:-1] += r[1:-1] * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        diagonal[0] = diagonal[n - 1] = 1.0
        upper[0] = 0.0
        lower[n - 1] = 0.0
        thomas(lower, diagonal, upper, d)
        u = d
    return np.sum(u**2)


def crank_nicolson_args(rng, scale):
    n, steps = pick(scale, (8, 3), (400, 25))
    return rng.normal(size=n), rng.uniform(0.5, 1.5, size=n), 0.3, 1.0, steps


case(crank_nicolson_loss, crank_nicolson_args, "complex", wrt=(0, 1))
