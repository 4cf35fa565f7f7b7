"""The rules of ``scipy.ndimage``, against differences, in every mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad import check_grad, check_rule, grad
from srcgrad.errors import Aliased
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import rule_of
from srcgrad.runtime import sampled_back, sampled_slopes, spline_back

ndimage = pytest.importorskip("scipy.ndimage")
rng = np.random.default_rng(0)
MODES = (
    "reflect", "constant", "nearest", "mirror", "wrap", "grid-wrap", "grid-mirror", "grid-constant",
)  # fmt: skip
every_mode = pytest.mark.parametrize("mode", MODES)
FOOTPRINT = np.array([[1, 0, 1], [0, 1, 1]])


def normal(*shape: int) -> Any:
    return rng.normal(size=shape)


def spread(*shape: int) -> Any:
    """Return numbers that are not near each other, and not near 0."""
    return rng.permutation(np.linspace(-1.01, 2.2, int(np.prod(shape)))).reshape(shape)


@every_mode
def test_correlation(mode: str) -> None:
    for n in (1, 2, 3, 6):
        for origin in {0, -(n // 2), n - 1 - n // 2}:
            for shape, axis in [((5,), -1), ((2,), 0), ((3, 4), 0)]:
                options = {"mode": mode, "cval": 0.3, "origin": origin}
                check_rule(ndimage.correlate1d, normal(*shape), normal(n), axis, **options)
                check_rule(ndimage.convolve1d, normal(*shape), normal(n), axis, **options)
    for shape in ((3, 3), (2, 3), (1, 4)):
        check_rule(ndimage.correlate, normal(4, 5), normal(*shape), mode=mode, cval=0.2)
        check_rule(ndimage.convolve, normal(4, 5), normal(*shape), mode=mode, cval=0.2)
    check_rule(ndimage.convolve, normal(4, 5), normal(3, 3), mode=mode, origin=(1, -1))


@every_mode
def test_smooth_filters(mode: str) -> None:
    for order in (0, 1, 2, (0, 1)):
        check_rule(ndimage.gaussian_filter, normal(4, 5), 0.8, order, mode=mode)
        check_rule(ndimage.gaussian_filter, normal(4, 5), (0.8, 1.3), order, mode=mode, truncate=2)
    check_rule(ndimage.gaussian_filter1d, normal(7), 1.8, -1, 1, mode=mode, radius=2)
    check_rule(ndimage.gaussian_filter, normal(3, 4, 3), 0.7, mode=mode, axes=(0, 2))
    for n in (1, 2, 3, 5):
        check_rule(ndimage.uniform_filter1d, normal(2, 6), n, 1, mode=mode, origin=-(n // 2))
        check_rule(ndimage.uniform_filter, normal(4, 5), (n, 2), mode=mode, origin=(0, -1))
    check_rule(ndimage.sobel, normal(4, 5), -1, mode=mode, cval=0.3)
    check_rule(ndimage.prewitt, normal(4, 5), 0, mode=mode, cval=0.3)
    check_rule(ndimage.laplace, normal(4, 5), mode=mode, cval=0.3)
    check_rule(ndimage.gaussian_laplace, normal(4, 5), 0.7, mode=mode)
    check_rule(ndimage.gaussian_gradient_magnitude, normal(4, 5), 0.7, mode=mode)


@every_mode
def test_choices(mode: str) -> None:
    for n in (1, 2, 3):
        for function in (ndimage.minimum_filter1d, ndimage.maximum_filter1d):
            check_rule(function, spread(7), n, mode=mode)
            check_rule(function, spread(4, 5), n, 0, mode=mode, origin=-(n // 2), cval=0.1)
        for function in (ndimage.minimum_filter, ndimage.maximum_filter, ndimage.median_filter):
            check_rule(function, spread(4, 5), (n, 2), mode=mode, origin=(0, -1))
        check_rule(ndimage.percentile_filter, spread(4, 5), 30, n, mode=mode)
        check_rule(ndimage.rank_filter, spread(4, 5), -1, n, mode=mode)
    for function in (ndimage.minimum_filter, ndimage.maximum_filter, ndimage.median_filter):
        check_rule(function, spread(4, 5), footprint=FOOTPRINT, mode=mode)


@every_mode
@pytest.mark.parametrize("order", range(6))
def test_places_between_pixels(order: int, mode: str) -> None:
    for shape in ((7,), (5, 6), (1, 4)):
        for prefilter in (True, False):
            x, t = normal(*shape), normal(*shape)
            places = rng.uniform(-9, 14, (len(shape), 20))
            g = normal(20)
            options = {"order": order, "mode": mode, "prefilter": prefilter}
            owed = sampled_back(g, x, places, order, mode, prefilter)
            y = ndimage.map_coordinates(t, places, **options)
            assert np.isclose(np.sum(g * y), np.sum(owed * t), rtol=1e-7, atol=1e-9)
            if order == 0:
                continue
            slopes = sampled_slopes(x, places, order, mode, 0.7, prefilter)
            d, e = normal(*places.shape), 1e-6
            ends = [
                ndimage.map_coordinates(x, places + s * e * d, cval=0.7, **options) for s in (1, -1)
            ]
            expected = (ends[0] - ends[1]) / (2 * e)
            np.testing.assert_allclose(np.sum(slopes * d, 0), expected, rtol=1e-5, atol=1e-4)


@every_mode
def test_splines(mode: str) -> None:
    for order in (2, 3, 4, 5):
        for n in (1, 2, 3, 9, 40):
            a, b = normal(n, 2), normal(n, 2)
            y = ndimage.spline_filter1d(a, order, 0, mode=mode)
            assert np.isclose(np.sum(b * y), np.sum(a * spline_back(b, order, 0, mode)))
    check_rule(ndimage.spline_filter, normal(4, 5), 3, mode=mode)


@every_mode
def test_images_moved(mode: str) -> None:
    matrix = np.array([[0.9123, 0.3271], [-0.2213, 1.1371]])
    offset = np.array([0.3217, -0.4371])
    for order in (1, 3):
        x = normal(4, 5)
        check_rule(ndimage.affine_transform, x, matrix, offset, order=order, mode=mode)
        check_rule(ndimage.shift, x, np.array([0.3, -1.4]), None, order, mode, 0.2)
        check_rule(ndimage.shift, normal(6), 0.3, None, order, mode, 0.2)
        for grid_mode in (True, False):
            y = ndimage.zoom(x, [1.7, 0.6], order=order, mode=mode, grid_mode=grid_mode)
            g = normal(*y.shape)
            owed = rule_of(ndimage.zoom)(
                g, y, x, [1.7, 0.6], None, order, mode, 0.0, True, grid_mode=grid_mode
            )
            assert np.isclose(np.sum(g * y), np.sum(owed * x))


LABELS = np.array([[0, 1, 1, 2], [3, 2, 2, 1], [3, 3, 0, 0]])
REGIONS = [
    (None, None), (LABELS, None), (LABELS, 2), (LABELS, [1, 2, 3]), (LABELS, np.array([[3, 1]])),
    (LABELS, [2, 2, 1]),
]  # fmt: skip


@pytest.mark.parametrize("name", "sum_labels mean variance standard_deviation minimum".split())
def test_regions(name: str) -> None:
    for labels, index in REGIONS:
        check_rule(getattr(ndimage, name), normal(3, 4), labels, index)


def test_single_precision() -> None:
    x = normal(5, 4).astype(np.float32)
    check_rule(ndimage.correlate1d, x, normal(3).astype(np.float32))
    check_rule(ndimage.gaussian_filter, x, 1.0, 1)
    check_rule(ndimage.median_filter, x, 3)
    places = rng.uniform(0, 3, (2, 5)).astype(np.float32)
    check_rule(ndimage.map_coordinates, x, places, order=1)


@every_mode
def test_what_is_read_in_its_place_is_the_same(mode: str) -> None:
    x = normal(6, 7)
    names = (
        "grey_erosion grey_dilation grey_opening grey_closing morphological_gradient"
        " morphological_laplace white_tophat black_tophat"
    )
    for name in names.split():
        function = getattr(ndimage, name)
        for size in (2, 3, (3, 2)):
            found = DEFINITIONS[function](x, size, mode=mode, cval=0.2)
            np.testing.assert_allclose(found, function(x, size, mode=mode, cval=0.2), atol=1e-12)
        found = DEFINITIONS[function](x, footprint=FOOTPRINT, mode=mode)
        np.testing.assert_allclose(found, function(x, footprint=FOOTPRINT, mode=mode), atol=1e-12)
    for angle in (30, 90, -17.5):
        for options in ({"order": 1}, {"reshape": False}):
            found = DEFINITIONS[ndimage.rotate](x, angle, mode=mode, **options)
            np.testing.assert_allclose(
                found, ndimage.rotate(x, angle, mode=mode, **options), atol=1e-9
            )


def test_losses() -> None:
    def turned(x, angle):
        return np.sum(ndimage.rotate(x, angle, reshape=False, mode="nearest") ** 2)

    def closed(x):
        return np.sum(ndimage.grey_closing(x, 3) ** 2)

    def center(x):
        return ndimage.center_of_mass(x)[0] ** 2

    check_grad(turned, normal(5, 4), 20.0, wrt=(0, 1))
    check_grad(closed, spread(5, 4))
    check_grad(center, normal(3, 4) + 5.0)


def test_gradients_of_gradients() -> None:
    def smooth(x):
        return np.sum(ndimage.gaussian_filter(x, 1.0, mode="nearest", order=1) ** 3)

    def products(x, k):
        return np.sum(ndimage.convolve(x, k) ** 3)

    check_grad(smooth, normal(4, 3), order=2)
    check_grad(products, normal(4, 3), normal(3, 2), wrt=(0, 1), order=2)


def test_complex_images() -> None:
    def smooth(x):
        return np.sum(np.abs(ndimage.gaussian_filter(x, 1.0)) ** 2)

    def products(x, k):
        return np.sum(np.abs(ndimage.convolve(x, k)) ** 2)

    z = normal(4, 3) + 1j * normal(4, 3)
    check_grad(smooth, z)
    check_grad(products, z, normal(3, 2), wrt=(0, 1))


def test_writing_into_an_array_is_refused() -> None:
    def into(x):
        out = np.zeros(8)
        ndimage.gaussian_filter(x, 1.0, output=out)
        return np.sum(out**2)

    def into_by_position(x):
        out = np.zeros(8)
        ndimage.gaussian_filter(np.ones(8), 1.0, 0, out)
        return np.sum(x * out)

    for loss in (into, into_by_position):
        with pytest.raises(Aliased, match="writes into what it is given"):
            grad(loss)(normal(8))
