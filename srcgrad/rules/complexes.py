"""The rules of functions of complex numbers, where they are not those of real ones.

The cotangent of ``z = x + iy`` is what the loss owes to ``x`` less ``i`` times what it owes to
``y``.  So the rule of a function that has a complex derivative stays as it is: it is transposed,
never conjugated.  Here are the others: what gives a real number of a complex one, what conjugates,
and what chooses a branch.  A cotangent of a real result is real here, and whatever is owed to a
real argument is made real where rules are applied.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.program.ops import attribute, method
from srcgrad.rules.norms import _matrix_norm, _norm, _vector_norm
from srcgrad.rules.ordering import _interp
from srcgrad.rules.reductions import _std, _var
from srcgrad.rules.statistics import joined, taken_apart
from srcgrad.rules.table import Kind, Rule, RuleFunction, rule_for

_own: dict[Any, Rule] = {}
_same: set[int] = set()


def of_complex(fn: Any) -> Rule | None:
    """Return the rule of a function for complex arguments; None if there is none.

    >>> of_complex(np.sin) is rule_for(np.sin), of_complex(np.sort)
    (True, None)
    """
    _load()
    rule = rule_for(fn)
    module = getattr(getattr(rule, "function", None), "__module__", None) or "srcgrad"
    if not module.startswith("srcgrad"):
        return rule
    own = _found(fn)
    if own is not None:
        return own
    linear = module.removeprefix("srcgrad.rules.") in _LINEAR
    return rule if linear or id(rule) in _same or _is_in(fn, _FOREIGN) else None


def _found(fn: Any) -> Rule | None:
    try:
        return _own.get(fn)
    except TypeError:
        return None


def _entered(kind: Kind, fns: tuple[Any, ...], function: RuleFunction | None = None) -> Any:
    if function is None:
        return lambda given: _entered(kind, fns, given)
    for fn in fns:
        _own[fn] = Rule(kind, function)
    return function


def same(*fns: Any) -> None:
    """Say of functions that their rules are right for complex arguments as they are."""
    _same.update(id(rule_for(fn)) for fn in fns)


def elementwise(*fns: Any) -> Callable[[RuleFunction], Any]:
    """Give functions partial derivatives for complex arguments."""
    return _entered("elementwise", fns)


def pull(*fns: Any) -> Callable[[RuleFunction], Any]:
    """Give functions a reverse-mode rule for complex arguments."""
    return _entered("pull", fns)


def multilinear(*fns: Any) -> Callable[[RuleFunction], Any]:
    """Give functions that spread their arguments a reverse-mode rule for complex ones."""
    return _entered("multilinear", fns)


def holds(*fns: Any) -> None:
    """Say of functions that their rules are those of complex numbers, too."""
    _same.update(id(rule_for(fn)) for fn in fns)
    _same.discard(id(None))


_LINEAR = (
    "shape", "joining", "fourier", "einsum", "indexing", "choosing", "generated", "padding",
    "complex_scalars", "scipy.fft_complex",
)  # fmt: skip
"""The files of rules that hold for complex numbers, all of them: elements are moved and added."""

_HOLDS = (
    "add subtract multiply negative positive divide reciprocal square exp expm1 log log1p log2"
    " log10 sqrt sin cos tan arcsin arccos arctan sinh cosh tanh arccosh arctanh sinc where"
    " matmul dot outer inner tensordot trace diagonal kron cross linalg.cross linalg.trace"
    " linalg.diagonal linalg.matrix_transpose linalg.multi_dot linalg.inv linalg.solve linalg.det"
    " linalg.matrix_power linalg.tensorinv linalg.tensorsolve convolve"
    " sum mean prod nansum nanprod nanmean cumsum cumprod nancumsum nancumprod cumulative_sum"
    " cumulative_prod add.accumulate multiply.accumulate add.reduce multiply.reduce"
    " subtract.reduce add.reduceat add.outer subtract.outer multiply.outer divide.outer"
    " average trapezoid meshgrid gradient take_along_axis delete select"
    " polyval polyadd polysub polymul polyder polyint vander"
    " asarray array asanyarray asfortranarray ascontiguousarray asarray_chkfinite require astype"
    " copy full full_like linspace complex64 complex128 clongdouble"
)
"""The functions with a complex derivative whose rules are the same."""

_HELD = (
    *map(method, ("copy", "tolist", "to_device", "transpose", "item", "astype", "get")),
    *map(attribute, ("flat", "T", "mT")),
    builtins.sum, math.prod, runtime.product_of_others, runtime.lower_inverse, runtime.cofactors,
)  # fmt: skip

_FOREIGN = {
    "scipy.linalg": "det expm expm_frechet sinm cosm tanm sinhm coshm tanhm solve_sylvester",
    "scipy.signal": "fftconvolve oaconvolve",
}
"""The same of SciPy."""
_FOREIGN_MAKES = {
    "scipy.linalg": "sqrtm logm fractional_matrix_power eig eigvals schur dft",
    "scipy.signal": "hilbert hilbert2 freqz stft",
    "scipy.fft": "fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn",
}
"""What may make complex numbers of real ones."""


def _is_in(fn: Any, table: dict[str, str]) -> bool:
    """Tell whether a function of SciPy is in a table."""
    module = getattr(fn, "__module__", None)
    if type(module) is not str or not module.startswith("scipy."):
        return False
    names = table.get(".".join(module.split(".")[:2]), "")
    return getattr(fn, "__name__", "") in names.split()


def makes_complex(fn: Any) -> bool:
    """Tell whether a function of SciPy may make complex numbers of real ones."""
    return _is_in(fn, _FOREIGN_MAKES)


_loaded = False


def _load() -> None:
    global _loaded
    if _loaded:
        return
    for name in _HOLDS.split():
        fn: Any = np
        for part in name.split("."):
            fn = getattr(fn, part, None)
        _same.add(id(rule_for(fn)))
    _same.update(id(rule_for(fn)) for fn in _HELD)
    _same.discard(id(None))
    _loaded = True


ORDERED = (
    "max min maximum minimum fmax fmin sort partition argsort clip median percentile quantile ptp"
    " nanmax nanmin nanmedian nanpercentile nanquantile"
)
"""What asks which number is larger."""


def why_not(fn: Any) -> str:
    """Say why a function has no rule for complex arguments."""
    name = fn.name if hasattr(fn, "name") else getattr(fn, "__name__", "")
    owner = getattr(fn, "__self__", None)
    if name in ORDERED.split() or getattr(owner, "__name__", "") in ORDERED.split():
        return "Complex numbers have no order: NumPy compares real parts first, and that jumps."
    return "Its rule is of real numbers."


@elementwise(np.absolute, builtins.abs, operator.abs)
def _absolute(y: Any, x: Any) -> Any:
    if isinstance(x, complex):
        return x.conjugate() / y if y > 0 else 0j
    return np.conj(x) / np.where(y > 0, y, 1.0)


@pull(np.real, attribute("real"))
def _real(g: Any, y: Any, x: Any) -> Any:
    return g


@pull(np.imag, attribute("imag"))
def _imag(g: Any, y: Any, x: Any) -> Any:
    return -(1j * g)


@pull(np.conjugate, method("conj"), method("conjugate"))
def _conjugate(g: Any, y: Any, x: Any) -> Any:
    return np.conj(g)


# At 0, where there is no angle, nothing is owed.
@pull(np.angle)
def _angle(g: Any, y: Any, x: Any, deg: Any = False) -> Any:
    if deg:
        return -(57.29577951308232j * g / np.where(x == 0, np.inf, x))
    return -(1j * g / np.where(x == 0, np.inf, x))


# The sign is z / abs(z): it turns with z, and does not grow with it.
@pull(np.sign)
def _sign(g: Any, y: Any, x: Any) -> Any:
    if not np.iscomplexobj(x):
        return runtime.zeros_like(x)
    length = np.abs(x)
    return (g - np.real(g * y) * np.conj(y)) / np.where(length > 0, length, np.inf)


@elementwise(np.arcsinh)
def _arcsinh(y: Any, x: Any) -> Any:
    return 1.0 / np.sqrt(x * x + 1.0)


@elementwise(np.power, np.float_power, operator.pow, operator.ipow, builtins.pow)
def _power(z: Any, x: Any, y: Any) -> Any:
    return _in_base(x, y), _in_exponent(z, x)


def _in_base(x: Any, y: Any) -> Any:
    if isinstance(y, (int, float)):
        return y * x ** (y - 1) if y != 0 else 0.0
    return np.where(y == 0, 0.0, y * x ** np.where(y == 0, 1.0, y - 1.0))


def _in_exponent(z: Any, x: Any) -> Any:
    """The logarithm is that of a complex number, also where the base is real."""
    if isinstance(x, (int, float)):
        return z * np.log(x + 0j) if x != 0 else 0.0
    return z * np.log(np.where(x == 0, 1.0, x) + 0j)


@pull(np.nan_to_num)
def _nan_to_num(
    g: Any,
    y: Any,
    x: Any,
    copy: Any = True,
    nan: Any = 0.0,
    posinf: Any = None,
    neginf: Any = None,
) -> Any:
    if not np.iscomplexobj(x):
        return np.where(np.isfinite(x), g, 0.0)
    down = np.where(np.isfinite(np.imag(x)), np.imag(g), 0.0)
    return np.where(np.isfinite(np.real(x)), np.real(g), 0.0) + 1j * down


@pull(np.vdot)
def _vdot(g: Any, y: Any, a: Any, b: Any) -> Any:
    return np.conj(g * np.reshape(b, np.shape(a))), g * np.reshape(np.conj(a), np.shape(b))


@multilinear(np.linalg.vecdot)
def _linalg_vecdot(g: Any, y: Any, a: Any, b: Any, *, axis: Any = -1) -> Any:
    g = np.expand_dims(g, axis)
    return np.conj(g * b), g * np.conj(a)


@multilinear(np.vecdot)
def _vecdot(g: Any, y: Any, a: Any, b: Any, *, axis: Any = -1, keepdims: Any = False) -> Any:
    g = g if keepdims else np.expand_dims(g, axis)
    return np.conj(g * b), g * np.conj(a)


if hasattr(np, "vecmat"):  # NumPy 2.2

    @multilinear(np.matvec)
    def _matvec(g: Any, y: Any, a: Any, b: Any) -> Any:
        return g[..., :, None] * b[..., None, :], np.matvec(np.swapaxes(a, -1, -2), g)

    @multilinear(np.vecmat)
    def _vecmat(g: Any, y: Any, a: Any, b: Any) -> Any:
        return np.conj(np.matvec(b, g)), np.conj(a)[..., :, None] * g[..., None, :]


# The second argument is conjugated, and reversed.
@pull(np.correlate)
def _correlate(g: Any, y: Any, a: Any, v: Any, mode: str = "valid") -> Any:
    short = min(len(a), len(v)) - 1
    start = 0
    if mode == "same":
        start = short // 2 if len(a) >= len(v) else short - short // 2
    if mode == "valid":
        start = short
    whole = np.zeros(len(a) + len(v) - 1, y.dtype)
    whole = runtime.put_add(whole, slice(start, start + len(g), None), g)
    to_v = np.convolve(whole, a[::-1], "valid")[::-1]
    return np.convolve(whole, np.conj(v), "valid"), np.conj(to_v)


@pull(np.var)
def _variance(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = None,
    correction: Any = None,
) -> Any:
    owed = _var(
        g, y, x, axis, dtype, out, ddof, keepdims, where=where, mean=None, correction=correction
    )
    return np.conj(owed[0])


@pull(np.std)
def _deviation(
    g: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = None,
    correction: Any = None,
) -> Any:
    owed = _std(
        g, y, x, axis, dtype, out, ddof, keepdims, where=where, mean=None, correction=correction
    )
    return np.conj(owed[0])


_own[method("var")], _own[method("std")] = _own[np.var], _own[np.std]


@pull(np.linalg.norm)
def _of_norm(
    g: Any, y: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False
) -> Any:
    return np.conj(_norm(g, y, x, ord, axis, keepdims))


@pull(np.linalg.vector_norm)
def _of_vector_norm(
    g: Any, y: Any, x: Any, *, axis: Any = None, keepdims: Any = False, ord: Any = 2
) -> Any:
    return np.conj(_vector_norm(g, y, x, axis=axis, keepdims=keepdims, ord=ord))


@pull(np.linalg.matrix_norm)
def _of_matrix_norm(g: Any, y: Any, x: Any, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    return np.conj(_matrix_norm(g, y, x, keepdims=keepdims, ord=ord))


# Covariances conjugate the second of two variables; weights count real ones only.
@pull(np.cov)
def _cov(
    g: Any,
    c: Any,
    m: Any,
    y: Any = None,
    rowvar: Any = True,
    bias: Any = False,
    ddof: Any = None,
) -> Any:
    x = joined(m, y, rowvar)
    n = np.shape(x)[1] - ((0 if bias else 1) if ddof is None else ddof)
    apart = x - np.mean(x, axis=1, keepdims=True)
    g = np.reshape(g, (len(x), len(x)))
    return taken_apart((g @ np.conj(apart) + np.conj(g.T @ apart)) / n, m, y, rowvar)


@pull(np.corrcoef)
def _corrcoef(g: Any, c: Any, m: Any, y: Any = None, rowvar: Any = True) -> Any:
    x = joined(m, y, rowvar)
    g = np.reshape(g, (len(x), len(x)))
    apart = x - np.mean(x, axis=1, keepdims=True)
    length = np.sqrt(np.sum(np.abs(apart) ** 2, axis=1, keepdims=True))
    unit = apart / length
    owed = g @ np.conj(unit) + np.conj(g.T @ unit)
    along = np.real(np.sum(owed * unit, axis=1, keepdims=True))
    return taken_apart((owed - along * np.conj(unit)) / length, m, y, rowvar)


# The values may be complex; between them it is a line for each part.
@pull(np.interp)
def _between_values(
    g: Any,
    y: Any,
    x: Any,
    xp: Any,
    fp: Any,
    left: Any = None,
    right: Any = None,
    period: Any = None,
) -> Any:
    a = _interp(np.real(g), y, x, xp, np.real(fp), left, right, period)
    b = _interp(np.imag(g), y, x, xp, np.imag(fp), left, right, period)
    if period is not None:
        return a[0] - b[0], a[1] - b[1], a[2] + 1j * b[2], None, None
    return a[0] - b[0], a[1] - b[1], a[2] + 1j * b[2], a[3] + 1j * b[3], a[4] + 1j * b[4]
