"""The functions of ``scipy.ndimage``: filters keep the shape and dtype of an image."""

from __future__ import annotations

from typing import Any

from scipy import ndimage

from srcgrad import runtime
from srcgrad.facts.foreign import enter, like, named
from srcgrad.facts.kinds import UNKNOWN, Arr, Type
from srcgrad.facts.shapes_probed import probed
from srcgrad.facts.sizes import Sizes


def _read(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``map_coordinates(x, places)``: one value for each place, of the dtype of the image."""
    x, places = kinds[:2]
    if not isinstance(x, Arr) or not isinstance(places, Arr) or "output" in kwargs:
        return UNKNOWN
    if x.dtype.kind != "f" or len(kinds) > 2 or len(places.dims) < 2:
        return UNKNOWN
    return Arr(x.dtype, places.dims[1:])


def _slopes(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    x, places = kinds[:2]
    if not isinstance(x, Arr) or not isinstance(places, Arr) or x.dtype.kind != "f":
        return UNKNOWN
    return Arr(x.dtype, places.dims) if x.dtype.itemsize in (4, 8) else UNKNOWN


_FILTERS = (
    "correlate1d convolve1d correlate convolve gaussian_filter gaussian_filter1d uniform_filter"
    " uniform_filter1d minimum_filter maximum_filter minimum_filter1d maximum_filter1d"
    " median_filter percentile_filter rank_filter prewitt sobel laplace gaussian_laplace"
    " gaussian_gradient_magnitude grey_erosion grey_dilation grey_opening grey_closing"
    " morphological_gradient morphological_laplace white_tophat black_tophat shift"
)
_MEASURED = "sum_labels sum mean variance standard_deviation minimum maximum median extrema"

enter(named(ndimage, _FILTERS), like(0))
enter(named(ndimage, "map_coordinates"), _read)
enter(named(ndimage, _MEASURED), probed)
enter(named(ndimage, "affine_transform zoom rotate spline_filter spline_filter1d"))
enter(named(ndimage, "minimum_position maximum_position center_of_mass label histogram"))
enter(named(ndimage, "binary_closing binary_dilation binary_erosion binary_fill_holes"))
enter(named(ndimage, "binary_hit_or_miss binary_opening binary_propagation find_objects"))
enter(named(ndimage, "generate_binary_structure iterate_structure value_indices"))
enter(named(ndimage, "distance_transform_edt distance_transform_cdt distance_transform_bf"))

enter([runtime.correlated_back, runtime.gaussian_back, runtime.uniform_back], like(0), "maybe")
enter([runtime.spline_back], like(0), "maybe")
enter([runtime.extreme_back], like(1), "maybe")
enter([runtime.sampled_back, runtime.resized_back], like(1))
enter([runtime.chosen_back], like(2))
enter([runtime.chosen_along], like(2))
enter([runtime.chosen_in_labels], like(2))
enter([runtime.spread_labels], None, "maybe")
enter([runtime.sampled_slopes], _slopes)
enter([runtime.correlated_weights, runtime.affine_places, runtime.zoom_places])
enter([runtime.with_margins, runtime.without_margins])
