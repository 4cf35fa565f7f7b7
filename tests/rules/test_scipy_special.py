from __future__ import annotations

import numpy as np
import pytest

from srcgrad.errors import NoRule
from srcgrad.rules.table import rule_for
from tests.rules.arrays import rand, single, strided
from tests.rules.compiled import check_rule, defined

special = pytest.importorskip("scipy.special")

from srcgrad.runtime import foreign  # noqa: E402  imports SciPy

WHOLE = (-2.0, 2.0)
POSITIVE = (0.2, 2.5)
UNIT = (0.1, 0.9)
INSIDE = (-0.9, 0.9)
FAR = (0.5, 6.0)

ONE = {
    "expit log_expit softplus exprel exp2 exp10 expm1 cosm1 sindg cosdg tandg": WHOLE,
    "erf erfc erfcx erfi dawsn ndtr log_ndtr wrightomega psi round": WHOLE,
    "logit entr erfinv ndtri ellipk ellipe ellipkm1 ber bei berp beip": UNIT,
    "log1p erfinv ellipk ellipe": INSIDE,
    "erfcinv": (0.3, 1.7),
    "cbrt gamma gammaln loggamma psi rgamma expi exp1 sici shichi spence": POSITIVE,
    "kei ker kerp keip cotdg fresnel entr factorial": POSITIVE,
    "gamma rgamma": (-0.9, -0.1),
    "ndtri_exp": (-3.0, -0.2),
    "j0 j1 i0 i1 i0e i1e itj0y0 iti0k0 itstruve0 itmodstruve0": FAR,
    "j0 j1 i0 i1 i0e i1e fresnel airy itairy dawsn": WHOLE,
    "y0 y1 k0 k1 k0e k1e airye it2j0y0 it2i0k0 it2struve0": FAR,
}
ONES = [
    (name, span) for names, span in ONE.items() for name in names.split() if hasattr(special, name)
]


@pytest.mark.parametrize(("name", "span"), ONES, ids=str)
def test_one_argument(name, span):
    fn, (low, high) = getattr(special, name), span
    for x in (
        rand(5, low=low, high=high),
        rand(2, 3, low=low, high=high),
        strided(2, 3, low=low, high=high),
        rand(low=low, high=high),
        rand(1, low=low, high=high),
        np.zeros((0, 3)),
        np.float64(low + 0.37 * (high - low)),
    ):
        check_rule(fn, x)


SINGLES = "expit logit log_expit erf erfc erfcx dawsn ndtr log_ndtr ndtri gammaln psi j0 i0e entr"


@pytest.mark.parametrize("name", SINGLES.split())
def test_single_precision(name):
    check_rule(getattr(special, name), single(rand(4, low=0.2, high=0.8)))


TWO = {
    "xlogy xlog1py rel_entr kl_div beta betaln poch binom powm1 pseudo_huber": (POSITIVE, POSITIVE),
    "boxcox boxcox1p inv_boxcox inv_boxcox1p owens_t agm elliprc": (POSITIVE, POSITIVE),
    "gammainc gammaincc comb": ((1.5, 4.0), (0.3, 1.4)),
    "gammainc gammaincc chdtr chdtrc": ((0.3, 1.0), (1.5, 6.0)),
    "gammaincinv gammainccinv chdtri": ((0.5, 3.0), UNIT),
    "perm": ((3.2, 6.0), (0.2, 2.0)),
    "ellipkinc ellipeinc": ((-4.0, 4.0), INSIDE),
    "ellipj": ((0.2, 5.0), UNIT),
    "huber": ((0.8, 0.9), WHOLE),
    "hyp0f1": (POSITIVE, WHOLE),
    "jv yv iv kv ive kve jve yve jvp ivp kvp yvp struve modstruve": ((0.3, 2.5), FAR),
    "stdtr": ((1.0, 6.0), WHOLE),
    "stdtrit": ((1.0, 6.0), UNIT),
    "tklmbda": (INSIDE, (0.2, 0.8)),
    "pbdv pbvv": ((0.3, 2.5), WHOLE),
    "pbwa": ((0.3, 2.5), WHOLE),
    "zeta": ((1.5, 4.0), POSITIVE),
    "psi_step": (POSITIVE, POSITIVE),
}
TWOS = [(name, *spans) for names, spans in TWO.items() for name in names.split()]


def named(name):
    return getattr(special, name, None) or getattr(foreign, name)


SHAPES = [
    ((4,), (4,)),
    ((2, 1), (3,)),
    ((), (3,)),
    ((3,), ()),
    ((), ()),
    ((1,), (1,)),
    ((0,), (1,)),
]


@pytest.mark.parametrize(("name", "first", "second"), TWOS, ids=str)
def test_two_arguments(name, first, second):
    fn = named(name)
    for one, two in SHAPES:
        x = rand(*one, low=first[0], high=first[1])
        y = rand(*two, seed=1, low=second[0], high=second[1])
        check_rule(fn, x, y)
    check_rule(fn, 0.4 * first[0] + 0.6 * first[1], 0.3 * second[0] + 0.7 * second[1])


@pytest.mark.parametrize("order", [0, 1, 2, 5])
def test_whole_orders(order):
    for x in (rand(4, low=0.5, high=6.0), rand(2, 3, low=0.5, high=6.0), 1.7):
        for name in "jn yn kn expn spherical_jn spherical_yn spherical_in spherical_kn".split():
            check_rule(named(name), order, x)
        check_rule(special.polygamma, order, x)
        for name in "spherical_jn spherical_yn spherical_in spherical_kn".split():
            check_rule(named(name), order, x, derivative=True)
        check_rule(special.jvp, order, x, n=2)
    check_rule(special.spherical_jn, order, 0.0)
    check_rule(special.spherical_in, order, 0.0, derivative=True)
    check_rule(special.expn, np.array([0, 1, 2, 7]), rand(4, low=0.5, high=2.0))


@pytest.mark.parametrize("degree", [0, 1, 2, 5])
def test_polynomials(degree):
    names = "legendre chebyt chebyu chebyc chebys laguerre hermite hermitenorm"
    for x in (rand(4, low=-0.9, high=0.9), rand(2, 3, low=-0.9, high=0.9), 0.3):
        for name in names.split():
            check_rule(named(f"eval_{name}"), degree, x)
        for name in "legendre chebyt chebyu".split():
            check_rule(named(f"eval_sh_{name}"), degree, 0.5 + 0.4 * x)
        check_rule(special.eval_gegenbauer, degree, 1.5, x)
        check_rule(special.eval_genlaguerre, degree, 1.5, x)
        check_rule(special.eval_jacobi, degree, 0.5, 1.5, x)
        check_rule(special.eval_sh_jacobi, degree, 2.5, 1.5, 0.5 + 0.4 * x)
        check_rule(special.assoc_laguerre, x, degree, 1.5)
        check_rule(special.lpmv, 1, degree, x)


def test_slopes_that_have_slopes():
    check_rule(foreign.dawsn_slope, rand(6, low=-12.0, high=12.0))
    check_rule(foreign.erfcx_slope, rand(6, low=-1.0, high=9.0))
    check_rule(foreign.kve_slope, rand(6, low=0.3, high=3.0), rand(6, low=1.0, high=14.0))
    check_rule(foreign.gammainc_slope, rand(6, low=0.3, high=3.0), rand(6, low=0.2, high=4.0))


def test_polynomials_of_degrees_that_are_not_whole():
    for name in "legendre chebyt laguerre".split():
        check_rule(named(f"eval_{name}"), 2.3, rand(4, low=-0.9, high=0.9))


THREE = {
    "betainc betaincc betaincinv betainccinv": (POSITIVE, POSITIVE, UNIT),
    "fdtr fdtrc": ((1.0, 6.0), (1.0, 6.0), POSITIVE),
    "fdtri": ((1.0, 6.0), (1.0, 6.0), UNIT),
    "gdtr gdtrc gdtrix": (POSITIVE, POSITIVE, UNIT),
    "gdtria": (UNIT, POSITIVE, POSITIVE),
    "chndtr": (POSITIVE, (1.0, 4.0), POSITIVE),
    "chndtrix": (UNIT, (1.0, 4.0), POSITIVE),
    "nrdtrimn": (UNIT, POSITIVE, WHOLE),
    "nrdtrisd": (WHOLE, (0.6, 0.9), (3.0, 4.0)),
    "voigt_profile": (WHOLE, POSITIVE, POSITIVE),
    "hyp1f1 hyperu": (POSITIVE, POSITIVE, POSITIVE),
    "elliprf elliprg": (POSITIVE, POSITIVE, POSITIVE),
    "wright_bessel log_wright_bessel": (POSITIVE, POSITIVE, POSITIVE),
    "radian": (WHOLE, WHOLE, WHOLE),
}
THREES = [(name, *spans) for names, spans in THREE.items() for name in names.split()]


@pytest.mark.parametrize(("name", "a", "b", "c"), [t for t in THREES if hasattr(special, t[0])])
def test_three_arguments(name, a, b, c):
    for shapes in (((3,), (3,), (3,)), ((2, 1), (), (3,)), ((), (), ()), ((0,), (), (1,))):
        args = [
            rand(*shape, seed=i, low=low, high=high)
            for i, (shape, (low, high)) in enumerate(zip(shapes, (a, b, c)))
        ]
        check_rule(named(name), *args)


def test_four_arguments():
    check_rule(special.hyp2f1, 0.5, 1.5, 2.5, rand(4, low=-0.9, high=0.9))


def test_counts():
    p = rand(4, low=0.1, high=0.9)
    for name in "bdtr bdtrc".split():
        check_rule(named(name), 2, 5, p)
        check_rule(named(name), 5, 5, p)
    check_rule(special.bdtri, 2, 5, p)
    check_rule(special.nbdtr, 2, 5, p)
    check_rule(special.nbdtrc, 2, 5, p)
    check_rule(special.nbdtri, 2, 5, p)
    for name in "pdtr pdtrc".split():
        check_rule(named(name), np.array([0, 1, 3, 7]), rand(4, low=0.5, high=6.0))
    check_rule(special.pdtri, 2, p)


def test_mathieu_and_spheroidal_functions():
    x = rand(4, low=0.3, high=0.8)
    for name in "cem sem".split():
        check_rule(named(f"mathieu_{name}"), 2, 1.5, 60.0 * x)
        check_rule(named(f"mathieu_mod{name}1"), 2, 1.5, x)
        check_rule(named(f"mathieu_mod{name}2"), 2, 1.5, x)
    check_rule(special.pro_ang1, 1, 2, 0.7, x)
    check_rule(special.pro_rad1, 1, 2, 0.7, 1.5 + x)
    check_rule(special.obl_ang1, 1, 2, 0.7, x)
    check_rule(special.obl_rad1, 1, 2, 0.7, x)


def test_options():
    for n in (1, 4):
        check_rule(special.multigammaln, rand(3, low=4.0, high=6.0), n)
        check_rule(special.multigammaln, 5.5, n)
    check_rule(special.zeta, rand(4, low=1.5, high=6.0))
    check_rule(special.hyp1f1, rand(4, low=0.5, high=3.0), 1.3, rand(4, low=-9.0, high=-1.0))
    check_rule(special.diric, rand(6, low=-9.0, high=9.0), 5)
    check_rule(special.diric, np.array([1e-4, 2 * np.pi + 1e-3, np.pi]), 4)
    check_rule(special.comb, 5.3, 2.2, repetition=True)
    check_rule(special.comb, np.array([3.0, 1.0]), np.array([5.0, -1.0]))
    check_rule(special.factorial, np.array([0.5, 3.0, -1.5]))


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1)], ids=str)
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp(axis, keepdims):
    a, b = rand(3, 4), rand(3, 4, seed=1, low=0.2, high=2.0)
    check_rule(special.logsumexp, a, axis=axis, keepdims=keepdims)
    check_rule(special.logsumexp, a, axis, b, keepdims)
    check_rule(special.logsumexp, a, axis=axis, b=b[:, :1], keepdims=keepdims)
    check_rule(special.logsumexp, single(a), axis=axis, keepdims=keepdims)
    signed = b * np.array([1.0, -1.0, 0.5, 2.0])
    check_rule(special.logsumexp, a, axis=axis, b=signed, keepdims=keepdims, return_sign=True)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1)], ids=str)
def test_softmax(axis):
    for fn in (special.softmax, special.log_softmax):
        check_rule(fn, rand(3, 4), axis=axis)
        check_rule(fn, rand(3, 4), axis)
        check_rule(fn, single(rand(3, 4)), axis=axis)
        check_rule(fn, strided(3, 4), axis=axis)


def test_sums_of_infinities():
    rule = rule_for(special.logsumexp).function
    a = np.array([-np.inf, -np.inf])
    assert np.array_equal(rule(1.0, special.logsumexp(a), a)[0], [0.0, 0.0])
    a = np.array([1e300, -np.inf, 1e300])
    assert np.array_equal(rule(1.0, special.logsumexp(a), a)[0], [0.5, 0.0, 0.5])


def test_at_nought():
    rule = rule_for(special.xlogy).function
    x, y = np.array([0.0, 0.0, 2.0]), np.array([0.0, 3.0, 4.0])
    with np.errstate(divide="ignore"):
        assert np.array_equal(rule(special.xlogy(x, y), x, y)[1], [0.0, 0.0, 0.5])
    assert rule_for(special.beip).function(0.0, np.float64(0.0)) == 0.5
    assert rule_for(special.spence).function(0.0, np.float64(1.0)) == -1.0
    assert rule_for(special.ellipk).function(0.0, 0.0) == pytest.approx(np.pi / 8)
    assert rule_for(special.rgamma).function(0.0, np.array([0.0, -1.0, -2.0, -3.0])).tolist() == [
        1.0,
        -1.0,
        2.0,
        -6.0,
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("special.jv(x, 1.0)", "scipy.special.jv has no derivative: how it moves with its order"),
        ("special.kolmogorov(x)", "its derivative is no closed form of functions that SciPy has"),
        ("np.real(special.sph_harm_y(1, 0, x, x))", "it gives tables"),
    ],
)
def test_refusals_have_reasons(text, why):
    from srcgrad import grad

    loss = defined(f"def loss(x):\n    return np.sum({text})\n", {"np": np, "special": special})
    with pytest.raises(NoRule) as caught:
        grad(loss)(1.5)
    assert why in str(caught.value)


TWICE = [
    "special.expit(x) + special.log_expit(x) + special.logit(0.2 + 0.1 * x)",
    "special.erf(x) + special.erfc(x) + special.erfcx(x) + special.dawsn(x) + special.ndtr(x)",
    "special.log_ndtr(x) + special.ndtri(0.3 + 0.2 * x) + special.erfinv(0.3 * x)",
    "special.gamma(x + 1.0) + special.gammaln(x + 1.0) + special.psi(x + 1.0)",
    "special.beta(x + 1.0, 2.0) + special.betaln(x + 1.0, 2.0) + special.binom(3.0 + x, 2.0)",
    "special.gammainc(2.0, x + 1.0) + special.betainc(2.0, 3.0, 0.3 + 0.2 * x)",
    "special.xlogy(x + 1.0, x + 2.0) + special.entr(x + 1.0) + special.rel_entr(x + 1.0, 2.0)",
    "special.i0(x) + special.i1(x) + special.i0e(x) + special.i1e(x) + special.iv(1.5, x + 1.0)",
    "special.j0(x) + special.j1(x) + special.jv(1.5, x + 1.0) + special.k0e(x + 1.0)",
    "special.spherical_jn(2, x + 1.0) + special.eval_legendre(3, x) + special.eval_hermite(3, x)",
    "special.hyp1f1(0.5, 1.5, x) + special.hyp2f1(0.5, 1.5, 2.5, 0.3 * x) + special.exprel(x)",
    "special.softmax(x) * np.array([1.0, 2.0, -1.0])",
    "special.log_softmax(x) * np.array([1.0, 2.0, -1.0])",
    "special.logsumexp(x)",
    "special.boxcox(x + 1.0, 0.3) + special.wrightomega(x) + special.spence(x + 1.0)",
    "special.airy(x)[0] + special.fresnel(x)[1] + special.sici(x + 1.0)[0]",
    "special.huber(0.5, x) + special.pseudo_huber(0.5, x) + special.owens_t(x, 0.5)",
]


@pytest.mark.parametrize("text", TWICE)
def test_the_gradient_of_the_gradient(text):
    from srcgrad.checks import check_grad

    names = {"np": np, "special": special}
    loss = defined(f"def loss(x):\n    return np.sum({text})\n", names)
    check_grad(loss, np.array([0.31, -0.17, 0.83]), order=2)


COMPLEX = [
    "special.hankel1(1, z)",
    "special.hankel2(0.5, z)",
    "special.hankel1e(1, z)",
    "special.hankel2e(1, z)",
    "special.h1vp(1, z)",
    "special.wofz(z)",
    "special.lambertw(z)",
    "special.lambertw(z, -1)",
    "special.erf(z) + special.erfc(z) ** 2 + special.erfi(z)",
    "special.gamma(z) + special.loggamma(z)",
    "special.jv(1, z) + special.iv(2, z) * special.kv(0.5, z)",
    "special.airy(z)[0] * special.airy(z)[3]",
    "special.hyp2f1(0.5, 1.5, 2.5, 0.3 * z) + special.hyp1f1(0.5, 1.5, z)",
    "special.exp1(z) + special.expi(z) + special.ndtr(z)",
]


@pytest.mark.parametrize("text", COMPLEX)
def test_complex_numbers(text):
    from srcgrad.checks import check_grad

    names = {"np": np, "special": special}
    source = f"    w = {text}\n    return np.sum(np.real(w) * np.cos(np.imag(w)))\n"
    loss = defined("def loss(x, y):\n    z = x + 1j * y\n" + source, names)
    check_grad(loss, rand(3, low=0.4, high=1.5), rand(3, seed=1, low=0.3, high=1.1), wrt=(0, 1))
    loss = defined("def loss(z):\n" + source, names)
    check_grad(loss, rand(3, low=0.4, high=1.5) + 0.5j)


def test_the_real_branch_of_lambertw():
    from srcgrad.checks import check_grad

    names = {"np": np, "special": special}
    loss = defined("def loss(x):\n    return np.sum(special.lambertw(x).real ** 2)\n", names)
    check_grad(loss, np.array([0.0, 0.3, 2.0]))
    loss = defined("def loss(x):\n    return np.sum(np.abs(special.hankel1(0, x)) ** 2)\n", names)
    check_grad(loss, np.array([0.5, 3.0]))
