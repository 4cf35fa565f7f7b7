"""What the names of ``scipy.special`` are that have no rule."""

from __future__ import annotations

from typing import Any

from scipy import special

from srcgrad.rules.classes import refuse, structural
from srcgrad.rules.table import zero


def _named(names: str) -> list[Any]:
    return [getattr(special, name) for name in names.split() if hasattr(special, name)]


zero(
    *_named("round gammasgn bernoulli euler stirling2"),
    *_named("ai_zeros bi_zeros bei_zeros beip_zeros ber_zeros berp_zeros kei_zeros keip_zeros"),
    *_named("kelvin_zeros ker_zeros kerp_zeros erf_zeros fresnel_zeros fresnelc_zeros"),
    *_named("fresnels_zeros jn_zeros jnp_zeros jnjnp_zeros jnyn_zeros y0_zeros y1_zeros"),
    *_named("y1p_zeros yn_zeros ynp_zeros"),
    *_named("roots_chebyc roots_chebys roots_chebyt roots_chebyu roots_hermite roots_hermitenorm"),
    *_named("roots_laguerre roots_legendre roots_sh_chebyt roots_sh_chebyu roots_sh_legendre"),
    *_named("c_roots s_roots t_roots u_roots h_roots he_roots l_roots p_roots ts_roots us_roots"),
    *_named("ps_roots"),
)

_POLYNOMIAL = "it gives a polynomial object; use special.eval_legendre and the like"
_NODES = "how its nodes and weights move with its parameters has no closed form"
_PARAMETER = "its result is a parameter of a distribution, found by a search"
_TABLE = "it gives tables of a function and its slopes; use special.jvp, eval_legendre or the like"
_NO_FORM = "its derivative is no closed form of functions that SciPy has"
_CARLSON = "its derivative has no closed form where two arguments are equal"

refuse(
    "scipy.special",
    {
        "kelvin modfresnelm modfresnelp": "it gives several complex numbers; use special.ber and"
        " the like, or special.fresnel",
        "sph_harm_y sph_harm_y_all": "it gives tables of a function and its slopes; use"
        " special.lpmv",
        "chebyc chebys chebyt chebyu gegenbauer genlaguerre hermite hermitenorm": _POLYNOMIAL,
        "jacobi laguerre legendre sh_chebyt sh_chebyu sh_jacobi sh_legendre": _POLYNOMIAL,
        "roots_gegenbauer roots_genlaguerre roots_jacobi roots_sh_jacobi": _NODES,
        "cg_roots la_roots j_roots js_roots": _NODES,
        "bdtrik bdtrin btdtria btdtrib chdtriv chndtridf chndtrinc fdtridfd gdtrib": _PARAMETER,
        "nbdtrik nbdtrin ncfdtridfd ncfdtridfn ncfdtrinc nctdtridf nctdtrinc": _PARAMETER,
        "pdtrik stdtridf": _PARAMETER,
        "legendre_p legendre_p_all assoc_legendre_p assoc_legendre_p_all": _TABLE,
        "sph_legendre_p sph_legendre_p_all lmbda lqn lqmn riccati_jn riccati_yn": _TABLE,
        "obl_cv_seq pro_cv_seq pbdn_seq pbdv_seq pbvv_seq": _TABLE,
        "obl_ang1_cv obl_rad1_cv obl_rad2_cv pro_ang1_cv pro_rad1_cv pro_rad2_cv": "its"
        " characteristic value is an argument; use it without _cv",
        "obl_cv pro_cv mathieu_a mathieu_b mathieu_even_coef mathieu_odd_coef": _NO_FORM,
        "ellip_harm ellip_harm_2 ellip_normal besselpoly zetac smirnov smirnovi": _NO_FORM,
        "kolmogorov kolmogi ncfdtr ncfdtri nctdtr nctdtrit": _NO_FORM,
        "elliprd elliprj": _CARLSON,
        "factorial2 factorialk": "between the whole numbers it has several continuations",
        "pro_rad2 obl_rad2": "the slope that SciPy gives with it is wrong for small arguments",
    },
)
structural(
    "scipy.special",
    {
        "errstate": "a setting, as a context",
        "geterr seterr": "a setting",
        "SpecialFunctionError SpecialFunctionWarning": "an exception",
    },
)
