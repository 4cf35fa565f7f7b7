"""Functions through which nothing flows: comparisons, logic, rounding, tests, searches."""

from __future__ import annotations

import operator

import numpy as np

from srcgrad.rules.table import zero

zero(np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)
zero(operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)
zero(operator.not_, operator.is_, operator.is_not, operator.contains, operator.truth)
zero(operator.and_, operator.or_, operator.xor, operator.invert, operator.lshift, operator.rshift)
zero(np.logical_and, np.logical_or, np.logical_xor, np.logical_not)
zero(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift)
zero(np.isnan, np.isinf, np.isfinite, np.isneginf, np.isposinf, np.signbit, np.isclose)
zero(np.allclose, np.array_equal, np.array_equiv, np.all, np.any, np.isin)
zero(np.isreal, np.iscomplex, np.isrealobj, np.iscomplexobj, np.isscalar)
zero(np.floor, np.ceil, np.rint, np.trunc, np.fix, np.round, np.around)
zero(np.sign, np.spacing, np.nextafter)
zero(np.gcd, np.lcm, np.bitwise_count, np.packbits, np.unpackbits, np.isnat)
zero(np.argmax, np.argmin, np.argsort, np.argpartition, np.nanargmax, np.nanargmin)
zero(np.nonzero, np.flatnonzero, np.argwhere, np.count_nonzero, np.searchsorted, np.digitize)
zero(np.lexsort, np.unravel_index, np.ravel_multi_index)
zero(np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.issubdtype, np.shares_memory)
zero(np.may_share_memory, np.iinfo, np.finfo, np.dtype, np.promote_types, np.broadcast_shapes)
zero(np.isdtype, np.isfortran, np.iterable, np.min_scalar_type, np.common_type, np.einsum_path)
zero(np.linalg.matrix_rank, np.longlong, np.ulonglong)
zero(operator.index, operator.indexOf, operator.countOf, operator.length_hint, operator.inv)
