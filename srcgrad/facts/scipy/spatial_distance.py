"""The functions of ``scipy.spatial.distance``: what they give is in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import distance

from srcgrad import runtime
from srcgrad.facts.foreign import enter, like, named
from srcgrad.facts.kinds import UNKNOWN, Arr, Py, Type
from srcgrad.facts.shapes_probed import probed
from srcgrad.facts.sizes import Sizes

_DOUBLE = np.dtype(float)


def _matrix(kind: Type) -> bool:
    return isinstance(kind, Arr) and len(kind.dims) == 2 and kind.dtype.kind in "biuf"


def _cdist(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``cdist(a, b)``: a row for each row of ``a``, a column for each row of ``b``."""
    a, b = kinds[:2]
    if not _matrix(a) or not _matrix(b) or "out" in kwargs:
        return UNKNOWN
    assert isinstance(a, Arr) and isinstance(b, Arr)
    sizes.equate(a.dims[1], b.dims[1])
    return Arr(_DOUBLE, (a.dims[0], b.dims[0]))


def _pdist(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    if not _matrix(kinds[0]) or "out" in kwargs:
        return UNKNOWN
    return Arr(_DOUBLE, (sizes.fresh(),))


def _squareform(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    """``squareform(x)``: a matrix of a vector, a vector of a matrix."""
    x = kinds[0]
    if not isinstance(x, Arr) or x.dtype.kind != "f" or len(kinds) > 1 or "force" in kwargs:
        return UNKNOWN
    if len(x.dims) == 2:
        return Arr(x.dtype, (sizes.fresh(),))
    n = sizes.fresh()
    return Arr(x.dtype, (n, n)) if len(x.dims) == 1 else UNKNOWN


def _of_two(sizes: Sizes, fn: Any, kinds: list[Type], kwargs: dict[str, Type]) -> Type:
    u, v = kinds[:2]
    if isinstance(u, Arr) and isinstance(v, Arr) and len(u.dims) == len(v.dims) == 1:
        sizes.equate(u.dims[0], v.dims[0])
        if fn is distance.euclidean or fn is distance.minkowski:
            return Py(float)
    return probed(sizes, fn, kinds, kwargs)


_OF_TWO = (
    "euclidean sqeuclidean cityblock chebyshev minkowski cosine correlation braycurtis canberra"
    " seuclidean mahalanobis jensenshannon"
)

enter(named(distance, "cdist"), _cdist)
enter(named(distance, "pdist"), _pdist)
enter(named(distance, "squareform"), _squareform)
enter(named(distance, _OF_TWO), _of_two)
enter(named(distance, "directed_hausdorff dice hamming jaccard rogerstanimoto russellrao"))
enter(named(distance, "sokalsneath yule is_valid_dm is_valid_y num_obs_dm num_obs_y"))
enter([runtime.distances_back], like(2))
enter([runtime.distances_along], like(1))
