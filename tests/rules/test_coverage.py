"""Every public name is classified, and what other libraries differentiate has rules here."""

from __future__ import annotations

import linecache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcgrad import grad
from srcgrad.errors import NoRule
from srcgrad.rules.classes import REFUSED, class_of, modules, names_of, reason
from srcgrad.rules.matrix import matrix, versions

DIFFERENTIATED = {
    "numpy": """
        abs absolute acos acosh add amax amin angle apply_along_axis apply_over_axes arccos arccosh
        arcsin arcsinh arctan arctan2 arctanh array asin asinh atan atan2 atanh average bincount
        cbrt clip conj conjugate convolve copysign corrcoef correlate cos cosh cov cross cumprod
        cumsum cumulative_prod cumulative_sum deg2rad degrees diff divide divmod dot ediff1d einsum
        exp exp2 expm1 fabs float_power fmax fmin fmod frexp geomspace gradient histogram
        histogram2d histogram_bin_edges histogramdd hypot i0 inner interp kaiser kron ldexp linspace
        log log10 log1p log2 logaddexp logaddexp2 logspace matmul matvec max maximum mean median min
        minimum mod multiply nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile
        nanprod nanquantile nanstd nansum nanvar negative outer partition percentile piecewise poly
        polyadd polyder polydiv polyfit polyint polymul polysub polyval pow power prod ptp quantile
        rad2deg radians reciprocal remainder roots select sin sinc sinh sort sqrt square std
        subtract sum tan tanh tensordot trace trapezoid true_divide unwrap vander var vdot vecdot
        vecmat where
        append arange array_split asanyarray asarray asarray_chkfinite ascontiguousarray
        asfortranarray astype atleast_1d atleast_2d atleast_3d block broadcast_arrays broadcast_to
        c_ choose column_stack compress concat concatenate copy delete diag diagflat diagonal double
        dsplit dstack expand_dims extract flip fliplr flipud float16 float32 float64 fromfunction
        fromiter full full_like half hsplit hstack imag insert longdouble matrix_transpose meshgrid
        modf moveaxis nan_to_num ndenumerate pad permute_dims positive r_ ravel real real_if_close
        repeat require reshape resize roll rollaxis rot90 row_stack single split squeeze stack
        swapaxes take take_along_axis tile transpose tril triu unstack vsplit vstack
    """,
    "numpy.linalg": """
        cholesky cond cross det eig eigh eigvals eigvalsh inv lstsq matmul matrix_norm matrix_power
        multi_dot norm outer pinv qr slogdet solve svd svdvals tensordot tensorinv tensorsolve trace
        vecdot vector_norm diagonal matrix_transpose
    """,
    "numpy.fft": """
        fftfreq rfftfreq fftshift ifftshift fft fft2 fftn hfft ifft ifft2 ifftn ihfft irfft irfft2
        irfftn rfft rfft2 rfftn
    """,
    "cmath": "exp log sqrt sin cos tan phase polar rect",
    "scipy.special": """
        beta betainc betaln boxcox1p boxcox comb dawsn digamma entr erf erfc erfcinv erfcx erfinv
        exp1 expi expit expn factorial fresnel gamma gammainc gammaincc gammaln hyp1f1 hyp2f1 i0 i0e
        i1 i1e iv ive j0 j1 jn kl_div log_ndtr log_softmax loggamma logit logsumexp multigammaln
        ndtr ndtri owens_t poch polygamma psi rel_entr rgamma sici softmax spence xlog1py xlogy y0
        y1 yn zeta
    """,
    "ndarray": """
        T choose clip compress conj conjugate copy cumprod cumsum diagonal dot flat flatten imag
        item mT max mean min prod ravel real repeat reshape squeeze std sum swapaxes take tolist
        trace transpose var view astype
    """,
}
"""Names that autograd or JAX differentiate, or that select elements."""

NOT_HERE = {
    "numpy": "intersect1d poly1d setdiff1d setxor1d sort_complex union1d unique unique_all "
    "unique_counts unique_inverse unique_values bmat broadcast trim_zeros",
}
"""Names that one of them differentiates, and that are refused here with a reason."""


@pytest.mark.parametrize("module", modules())
def test_every_public_name_is_classified(module: str) -> None:
    missing = [name for name in names_of(module) if class_of(module, name) is None]
    assert missing == []


@pytest.mark.parametrize("module", DIFFERENTIATED)
def test_what_others_differentiate_has_a_rule(module: str) -> None:
    there = set(names_of(module))
    lacking = [
        name
        for name in DIFFERENTIATED[module].split()
        if name in there and class_of(module, name) != ("differentiable", "")
    ]
    assert lacking == []


@pytest.mark.parametrize("module", NOT_HERE)
def test_what_others_alone_differentiate_has_a_reason(module: str) -> None:
    for name in set(NOT_HERE[module].split()) & set(names_of(module)):
        found = class_of(module, name)
        assert found is not None and found[0] == "refused" and found[1], name


def test_reasons_are_one_line() -> None:
    for lines in REFUSED.values():
        for text in lines.values():
            assert text and "\n" not in text and not text.endswith(".") and len(text) < 100


def loss_of(text: str) -> Any:
    file = f"<coverage {text}>"
    source = f"def loss(x):\n    return {text}\n"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names: dict[str, Any] = {"np": np}
    exec(compile(source, file, "exec"), names)
    return names["loss"]


@pytest.mark.parametrize(
    "text",
    [
        "np.sum(np.unique(x))",
        "np.sum(np.trim_zeros(x))",
        "np.sum(np.real(np.sort_complex(x)))",
        "float(len(np.array_str(x))) * x[0]",
    ],
)
def test_a_refusal_says_its_own_reason(text: str) -> None:
    try:
        grad(loss_of(text))(np.array([0.5, -1.0, 2.0]))
    except NoRule as error:
        assert "has no derivative: " in str(error) or "complex" in str(error), error
        return
    assert "len(" in text


def test_the_matrix_in_the_docs_is_up_to_date() -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "coverage.md").read_text("utf-8")
    if versions() not in text:
        pytest.skip("the matrix is of other versions of NumPy and Python")
    assert text == matrix(), "run: python -m srcgrad.rules.matrix > docs/coverage.md"


def test_reason_of_np_unique() -> None:
    with pytest.raises(NoRule) as caught:
        grad(loss_of("np.sum(np.unique(x))"))(np.array([0.5, -1.0, 2.0]))
    assert str(caught.value).splitlines()[-2:] == [
        "np.unique has no derivative: how many elements there are jumps where two meet; np.sort "
        "moves with its elements. Here 'x' depends on what is differentiated.",
        "If it is constant, write srcgrad.constant(np.unique(...)); or give it a rule with "
        "@srcgrad.pull(np.unique).",
    ]
    assert reason(np.sin) is None
