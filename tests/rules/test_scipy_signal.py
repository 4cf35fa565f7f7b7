"""The rules of ``scipy.signal``, against differences, at odd shapes and in every mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import check_grad, check_rule, grad, runtime
from srcgrad.errors import NoRule
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import rule_of

signal = pytest.importorskip("scipy.signal")
rng = np.random.default_rng(0)


def normal(*shape: int) -> Any:
    return rng.normal(size=shape)


def spread(*shape: int) -> Any:
    """Return numbers that are not near each other, and not near 0."""
    return rng.permutation(np.linspace(-1.01, 2.2, int(np.prod(shape)))).reshape(shape)


PRODUCTS = ("convolve", "correlate", "fftconvolve", "oaconvolve")
SHAPES = [
    ((7,), (3,)), ((7,), (4,)), ((3,), (7,)), ((4,), (6,)), ((1,), (1,)),
    ((5, 6), (2, 3)), ((5, 6), (3, 1)), ((4, 3), (5, 6)), ((3, 4, 3), (2, 2, 2)),
]  # fmt: skip


@pytest.mark.parametrize("mode", ("full", "same", "valid"))
@pytest.mark.parametrize("name", PRODUCTS)
def test_products_of_signals(name: str, mode: str) -> None:
    for a, b in SHAPES:
        check_rule(getattr(signal, name), normal(*a), normal(*b), mode)
    check_rule(getattr(signal, name), normal(14)[::-2], normal(6)[::2], mode=mode)
    single = normal(7).astype(np.float32), normal(3).astype(np.float32)
    check_rule(getattr(signal, name), *single, mode=mode)


@pytest.mark.parametrize("mode", ("full", "same", "valid"))
@pytest.mark.parametrize("name", ("convolve2d", "correlate2d"))
def test_products_of_images(name: str, mode: str) -> None:
    for a, b in [((5, 6), (2, 3)), ((5, 6), (3, 1)), ((2, 3), (4, 5)), ((1, 1), (1, 1))]:
        check_rule(getattr(signal, name), normal(*a), normal(*b), mode)


@pytest.mark.parametrize("name", (*PRODUCTS, "convolve2d", "correlate2d"))
def test_products_of_complex_signals(name: str) -> None:
    function = getattr(signal, name)

    def loss(x, k):
        return np.sum(np.abs(function(x, k, mode="same")) ** 2)

    a, b = ((4, 3), (2, 3)) if "2d" in name else ((6,), (4,))
    x, k = normal(*a), normal(*b)
    check_grad(loss, x + 1j * normal(*a), k + 1j * normal(*b), wrt=(0, 1))
    check_grad(loss, x, k + 1j * normal(*b), wrt=(0, 1))


FILTERS = [(3, 4), (3, 1), (1, 4), (3, 2), (4, 2)]


@pytest.mark.parametrize("taps", FILTERS)
def test_lfilter(taps: tuple[int, int]) -> None:
    b = np.array([0.3, 0.2, 0.1, -0.2])[: taps[0]]
    a = np.array([1.4, -0.5, 0.2, 0.1])[: taps[1]]
    for shape, axis in [
        ((9,), -1),
        ((4, 6), 0),
        ((4, 6), 1),
        ((2, 6, 3), 1),
        ((1,), -1),
        ((2,), 0),
    ]:
        check_rule(signal.lfilter, b, a, normal(*shape), axis)
        state = list(shape)
        state[axis] = max(taps) - 1
        check_rule(signal.lfilter, b, a, normal(*shape), axis, normal(*state))


def test_lfilter_in_single_precision() -> None:
    b, a = np.array([0.3, 0.2], np.float32), np.array([1.0, 0.4], np.float32)
    check_rule(signal.lfilter, b, a, normal(9).astype(np.float32))


def _slope(f: Any, x: Any, t: Any, g: Any) -> float:
    parts = [f(x + 1e-5 * t), f(x - 1e-5 * t)]
    sums = [
        sum(np.sum(p * q) for p, q in zip(y, g, strict=True)) if isinstance(y, tuple)
        else np.sum(y * g)
        for y in parts
    ]  # fmt: skip
    return float(sums[0] - sums[1]) / 2e-5


@pytest.mark.parametrize("axis", (0, 1))
def test_sosfilt(axis: int) -> None:
    sos = signal.butter(3, 0.3, output="sos")
    x = normal(6, 5)
    state = [2, 6, 5]
    state[axis + 1] = 2
    turn = normal(*sos.shape)
    turn[:, 3] = 0.0
    for zi in (None, normal(*state)):
        y = signal.sosfilt(sos, x, axis, zi)
        g = normal(*y.shape) if zi is None else (normal(*y[0].shape), normal(*y[1].shape))
        found = rule_of(signal.sosfilt)(g, y, sos, x, axis, zi)
        owed = _slope(lambda s, zi=zi: signal.sosfilt(s, x, axis, zi), sos, turn, g)
        assert np.isclose(np.sum(found[0] * turn), owed, rtol=1e-5)
        t = normal(*x.shape)
        owed = _slope(lambda v, zi=zi: signal.sosfilt(sos, v, axis, zi), x, t, g)
        assert np.isclose(np.sum(found[1] * t), owed, rtol=1e-5)
        if zi is not None:
            t = normal(*state)
            owed = _slope(lambda v: signal.sosfilt(sos, x, axis, v), zi, t, g)
            assert np.isclose(np.sum(found[3] * t), owed, rtol=1e-5)


@pytest.mark.parametrize("padtype", ("odd", "even", "constant", None))
@pytest.mark.parametrize("padlen", (None, 4, 0))
def test_filters_without_phase(padtype: str | None, padlen: int | None) -> None:
    b, a = signal.butter(3, 0.3)
    sos = signal.butter(3, 0.3, output="sos")
    for shape, axis in [((40,), -1), ((40, 2), 0), ((2, 40), 1)]:
        for function, given in ((signal.filtfilt, (b, a)), (signal.sosfiltfilt, (sos,))):
            g, t = normal(*shape), normal(*shape)
            owed = rule_of(function)(g, None, *given, t, axis, padtype, padlen)[-1]
            y = function(*given, t, axis=axis, padtype=padtype, padlen=padlen)
            assert np.isclose(np.sum(g * y), np.sum(owed * t))


def test_filtfilt_is_of_the_signal() -> None:
    def loss(b, x):
        return np.sum(signal.filtfilt(b, [1.0, 0.3], x, padlen=2) ** 2)

    with pytest.raises(NoRule, match="filtfilt"):
        grad(loss)(np.array([0.2, 0.3]), normal(9))


def test_helpers_of_filters() -> None:
    check_rule(runtime.lagged, normal(9), normal(7), 4, -1)
    check_rule(runtime.lagged, normal(9, 2), normal(7, 2), 3, 0)
    check_rule(runtime.lagged, normal(4), normal(4), 6, -1)
    check_rule(runtime.alternating, normal(5, 4), 1)


@pytest.mark.parametrize("kind", ("linear", "constant"))
def test_detrend(kind: str) -> None:
    for axis in (0, 1):
        check_rule(signal.detrend, normal(6, 7), axis, kind)
        check_rule(signal.detrend, normal(6, 7), axis, kind, [0, 3])


@pytest.mark.parametrize("m", (1, 2, 4, 6, 7))
def test_resample(m: int) -> None:
    for n in (1, 2, 3, 4, 6, 7, 8, 9, 12, 13):
        check_rule(signal.resample, normal(m, 2), n)
        check_rule(signal.resample, normal(2, m), n, None, 1)

    def loss(x):
        return np.sum(np.abs(signal.resample(x, 6)) ** 2)

    check_grad(loss, normal(m) + 1j * normal(m))


@pytest.mark.parametrize("rates", [(2, 3), (3, 2), (1, 4), (4, 1), (6, 4), (1, 1)])
def test_resample_by_a_filter(rates: tuple[int, int]) -> None:
    for m in (1, 7, 12, 30):
        check_rule(signal.resample_poly, normal(m), *rates)
        check_rule(signal.resample_poly, normal(2, m), *rates, 1)
        for taps in (1, 2, 3, 5, 8):
            h = normal(taps)
            for shape, axis in [((m,), -1), ((m, 2), 0)]:
                y = signal.upfirdn(h, np.zeros(shape), *rates, axis)
                g, t = normal(*y.shape), normal(*shape)
                owed = rule_of(signal.upfirdn)(g, y, h, t, *rates, axis)[1]
                assert np.isclose(np.sum(g * signal.upfirdn(h, t, *rates, axis)), np.sum(owed * t))


@pytest.mark.parametrize("mode", ("interp", "mirror", "nearest", "wrap", "constant"))
def test_savgol_filter(mode: str) -> None:
    for window in (1, 3, 4, 5):
        order = min(2, window - 1)
        check_rule(signal.savgol_filter, normal(8), window, order, 0, 0.5, -1, mode)
        check_rule(signal.savgol_filter, normal(7, 2), window, order, 0, 0.5, 0, mode)
    check_rule(signal.savgol_filter, normal(8), 5, 2, 1, 0.5, -1, mode)


def test_choices() -> None:
    check_rule(signal.medfilt, spread(9), 5)
    check_rule(signal.medfilt, spread(4, 5), (3, 1))
    check_rule(signal.medfilt2d, spread(4, 5), 3)
    check_rule(signal.order_filter, spread(4, 5), np.ones((3, 3)), 2)


@pytest.mark.filterwarnings("ignore")
def test_what_is_read_in_its_place_is_the_same() -> None:
    x = normal(9, 8)
    for given in ((x,), (x, 5), (x, (3, 5), 0.3), (normal(9),)):
        found = DEFINITIONS[signal.wiener](*given)
        np.testing.assert_allclose(found, signal.wiener(*given), rtol=1e-10)
    for a, b in ((9, 3), (3, 5), (3, 3)):
        one, other = normal(a), normal(b)
        for p, q in zip(
            DEFINITIONS[signal.deconvolve](one, other), signal.deconvolve(one, other), strict=True
        ):
            np.testing.assert_allclose(p, q, rtol=1e-10, atol=1e-12)
    for n in (7, 8):
        z = normal(n, 2)
        found = DEFINITIONS[signal.hilbert](z, axis=0)
        np.testing.assert_allclose(found, signal.hilbert(z, axis=0), atol=1e-12)


def test_losses() -> None:
    def wiener(x):
        return np.sum(signal.wiener(x, 3) ** 2)

    def decimate(x):
        return np.sum(signal.decimate(x, 2, n=1) ** 2)

    def analytic(x):
        return np.sum(np.abs(signal.hilbert(x)) ** 3)

    def deconvolved(x, k):
        return np.sum(signal.deconvolve(x, k)[0] ** 2)

    check_grad(wiener, np.linspace(-1.0, 2.0, 9) ** 3)
    check_grad(decimate, normal(30))
    check_grad(analytic, normal(7))
    check_grad(deconvolved, normal(7), np.array([1.0, 0.4, 0.2]), wrt=(0, 1))


def test_gradients_of_gradients() -> None:
    def products(x, k):
        return np.sum(signal.fftconvolve(x, k, mode="same") ** 3)

    def filters(b, x):
        return np.sum(signal.lfilter(b, [1.0, 0.4], x) ** 3)

    check_grad(products, normal(6), normal(3), wrt=(0, 1), order=2)
    check_grad(filters, normal(2), normal(6), wrt=(0, 1), order=2)
