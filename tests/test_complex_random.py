"""Random programs of real and complex numbers: gradients, and gradients of gradients, are right."""

from __future__ import annotations

import linecache
from typing import Any

import numpy as np
import pytest

from srcgrad import grad
from srcgrad.errors import InternalError, SrcgradError
from tests import oracle

OF_ONE = """
np.exp(0.3 * {a}); np.sin({a}); np.conj({a}); np.real({a}); ({a}).imag; np.abs({a}); {a} * 1j
2.0 * {a}; ({a}) ** 2; np.sqrt({a} + 3.0); np.angle({a} + 2j); np.sign({a} + 0.5j)
np.cumsum({a}); ({a})[::-1]; np.fft.fft({a}); np.fft.ifft({a}); np.fft.irfft({a}, 3)
{a} - np.mean({a}); {a} / np.linalg.norm({a}); np.where(np.real({a}) > 0, {a}, 0.5)
np.concatenate([({a})[1:], ({a})[:1] * 1j]); {a} * np.var({a}); 1.0 / (3.0 + {a} * {a}); M @ ({a})
np.array([({a})[0], ({a})[1] * ({a})[2], 1j]); np.outer({a}, {a})[1]
"""
OF_TWO = """
{a} * {b}; {a} + {b}; {a} - 1j * {b}; {a} / ({b} * {b} + 4.0); np.vdot({a}, {b}) * {a}
np.where(np.real({a}) > np.real({b}), {a}, {b}); np.stack([{a}, {b}])[1]; np.dot({a}, {b}) * {b}
np.convolve({a}, {b}, 'same'); np.maximum(np.abs({a}), np.abs({b})); np.vecdot({a}, {b}) + {a}
(2.0 + np.abs({a})) ** (0.3 * {b}); np.einsum('i,j->j', {a}, {b})
"""
STATEMENTS = [
    "{n} = np.zeros(3, complex)\n    {n} += {a}\n    {n}[0] *= {b}[1]",
    "{n} = {a}\n    for k in range(2):\n        {n} = {n} * 0.5 + {b} * k",
    "if np.sum(np.abs({a})) > 1.0:\n        {n} = {a}\n    else:\n        {n} = {a} * {b}",
    "{n} = {a} + 0j\n    {n}.imag[:2] = np.abs({b})[1:]",
    "d = dict(u={a}, v={b})\n    {n} = d['u'] + 1j * d['v']",
]
ENDS = """
np.sum(np.abs({a}) ** 2); np.sum(np.real({a}) ** 3); np.linalg.norm({a}); np.sum(({a}).imag)
np.abs(np.sum({a})); np.real(np.vdot({a}, {b})); np.std({a})
"""
MATRIX = np.array([[1.0, 0.2j, 0.0], [0.1, 1.0, 0.3], [0.0, -0.4j, 1.0]])


def choices(text: str) -> list[str]:
    return [part.strip() for line in text.strip().splitlines() for part in line.split(";")]


def program(rng: np.random.Generator) -> str:
    """The text of a function of a real and a complex vector."""
    names, lines = ["x", "z"], []
    for k in range(rng.integers(2, 6)):
        a, b = rng.choice(names[-3:]), rng.choice(names)
        kind, n = rng.random(), f"v{k}"
        if kind < 0.8:
            form = rng.choice(choices(OF_ONE if kind < 0.45 else OF_TWO))
            lines.append(f"{n} = " + form.format(a=a, b=b))
        else:
            lines.append(STATEMENTS[rng.integers(len(STATEMENTS))].format(a=a, b=b, n=n))
        names.append(n)
    lines.append("return " + rng.choice(choices(ENDS)).format(a=names[-1], b=names[-2]))
    return "def loss(x, z):\n    " + "\n    ".join(lines) + "\n"


def defined(text: str, name: str, **space: Any) -> Any:
    file = f"<random complex {hash(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names: dict[str, Any] = {"np": np, **space}
    exec(compile(text, file, "exec"), names)
    return names[name]


def check(loss: Any, args: tuple[Any, ...], text: str) -> None:
    """Compare with differences, unless two step sizes say that the point is near a kink."""
    try:
        found = grad(loss, wrt=(0, 1))(*args)
    except InternalError:
        raise
    except SrcgradError:
        return
    for place, part in enumerate(found):
        wanted = oracle.numeric_gradient(loss, args, place)
        other = oracle.numeric_gradient(loss, args, place, step=1.7e-4)
        if not np.allclose(wanted, other, rtol=1e-4, atol=1e-5):
            return
        atol = 1e-5 * max(1.0, float(np.max(np.abs(wanted))))
        np.testing.assert_allclose(part, wanted, rtol=1e-4, atol=atol, err_msg=text)
        oracle.assert_like(part, args[place])


def check_program(seed: int, *, twice: bool) -> None:
    rng = np.random.default_rng(seed)
    text = program(rng)
    loss = defined(text, "loss", M=MATRIX)
    args = (rng.normal(size=3), rng.normal(size=3) + 1j * rng.normal(size=3))
    along = (rng.normal(size=3), rng.normal(size=3) + 1j * rng.normal(size=3))
    with np.errstate(all="ignore"):
        try:
            value = loss(*args)
        except (TypeError, ValueError):  # what NumPy does not do of complex numbers
            return
        if not np.isfinite(value) or np.iscomplexobj(value):
            return
        check(loss, args, text)
        if twice:
            slope = (
                "def slope(x, z):\n    a, b = gradient(x, z)\n"
                "    return np.sum(A * a) + np.real(np.sum(B * b))\n"
            )
            space = {"gradient": grad(loss, wrt=(0, 1)), "A": along[0], "B": along[1]}
            check(defined(slope + f"# {seed}\n", "slope", **space), args, text)


@pytest.mark.parametrize("seed", range(24))
def test_random_programs(seed: int) -> None:
    check_program(seed, twice=seed % 3 == 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1300))
def test_many_random_programs(seed: int) -> None:
    check_program(seed, twice=True)
