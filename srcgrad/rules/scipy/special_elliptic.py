"""Elliptic integrals and functions, by Carlson's forms: no differences of nearly equal numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from srcgrad import runtime
from srcgrad.rules.table import elementwise, pull

elementwise(special.ellipk, lambda y, m: special.elliprd(0.0, 1.0, 1.0 - m) / 6.0)
elementwise(special.ellipe, lambda y, m: -special.elliprd(0.0, 1.0 - m, 1.0) / 6.0)
elementwise(special.ellipkm1, lambda y, p: -special.elliprd(0.0, 1.0, p) / 6.0)


@elementwise(special.ellipkinc)
def _ellipkinc(y: Any, phi: Any, m: Any) -> Any:
    """In each half turn the same, and the complete integrals between."""
    turns = np.round(phi / np.pi)
    sine, cosine = np.sin(phi - np.pi * turns), np.cos(phi)
    rest = 1.0 - m * sine * sine
    part = sine**3 * special.elliprd(cosine * cosine, 1.0, rest) / 6.0
    whole = np.where(turns == 0, 0.0, m)
    return 1.0 / np.sqrt(rest), part + turns / 3.0 * special.elliprd(0.0, 1.0, 1.0 - whole)


@elementwise(special.ellipeinc)
def _ellipeinc(y: Any, phi: Any, m: Any) -> Any:
    turns = np.round(phi / np.pi)
    sine, cosine = np.sin(phi - np.pi * turns), np.cos(phi)
    rest = 1.0 - m * sine * sine
    part = -(sine**3) * special.elliprd(cosine * cosine, rest, 1.0) / 6.0
    whole = np.where(turns == 0, 0.0, m)
    return np.sqrt(rest), part - turns / 3.0 * special.elliprd(0.0, 1.0 - whole, 1.0)


# sn, cn, dn and the amplitude move together: as the first integral is u whatever m is.
@pull(special.ellipj)
def _ellipj(g: Any, y: Any, u: Any, m: Any) -> Any:
    sn, cn, dn, phi = y
    turns = np.round(phi / np.pi)
    sine, cosine = np.sin(phi - np.pi * turns), np.cos(phi)
    part = sine**3 * special.elliprd(cosine * cosine, 1.0, 1.0 - m * sine * sine) / 6.0
    whole = np.where(turns == 0, 0.0, m)
    tilt = -dn * (part + turns / 3.0 * special.elliprd(0.0, 1.0, 1.0 - whole))
    turn = g[0] * cn - g[1] * sn - g[2] * m * sn * cn / dn + g[3]
    to_m = turn * tilt - 0.5 * g[2] * sn * sn / dn
    return runtime.unbroadcast(turn * dn, u), runtime.unbroadcast(to_m, m)


@elementwise(special.elliprf)
def _elliprf(w: Any, x: Any, y: Any, z: Any) -> Any:
    return (
        -special.elliprd(y, z, x) / 6.0,
        -special.elliprd(x, z, y) / 6.0,
        -special.elliprd(x, y, z) / 6.0,
    )


@elementwise(special.elliprg)
def _elliprg(w: Any, x: Any, y: Any, z: Any) -> Any:
    first = special.elliprf(x, y, z)
    return (
        (3.0 * first - x * special.elliprd(y, z, x)) / 12.0,
        (3.0 * first - y * special.elliprd(x, z, y)) / 12.0,
        (3.0 * first - z * special.elliprd(x, y, z)) / 12.0,
    )


# Where y < 0 it is Cauchy's principal value, which has another form.
@elementwise(special.elliprc)
def _elliprc(w: Any, x: Any, y: Any) -> Any:
    left = y < 0
    up, apart = np.abs(y), np.where(left, x - y, 1.0)
    to_x = np.where(left, 0.5 * (1.0 / np.sqrt(x) - w) / apart, -special.elliprd(up, up, x) / 6.0)
    to_y = np.where(left, 0.5 * (w - np.sqrt(x) / y) / apart, -special.elliprd(x, up, up) / 3.0)
    return to_x, to_y


@elementwise(special.agm)
def _agm(y: Any, a: Any, b: Any) -> Any:
    one, two = a / y, b / y
    return (
        0.2122065907891938 * one * special.elliprd(0.0, two * two, one * one),
        0.2122065907891938 * two * special.elliprd(0.0, one * one, two * two),
    )
