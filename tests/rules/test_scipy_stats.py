from __future__ import annotations

import warnings

import numpy as np
import pytest

from srcgrad import grad, value_and_grad
from srcgrad.checks import check_grad
from srcgrad.errors import NoRule
from srcgrad.rules.functionals import DEFINITIONS, definition_of
from tests.rules.arrays import rand
from tests.rules.compiled import defined

stats = pytest.importorskip("scipy.stats")
special = pytest.importorskip("scipy.special")

definition_of(stats.norm.logpdf)  # reads the formulas
ENTERED = [
    fn
    for fn in DEFINITIONS
    if isinstance(getattr(fn, "__self__", None), (stats.rv_continuous, stats.rv_discrete))
]
CONTINUOUS = [fn for fn in ENTERED if isinstance(fn.__self__, stats.rv_continuous)]
DISCRETE = [fn for fn in ENTERED if isinstance(fn.__self__, stats.rv_discrete)]
SHAPES = {
    "genpareto": (0.3,),
    "skewnorm": (-1.2,),
    "truncnorm": (-1.1, 2.3),
    "loguniform": (0.05, 3.0),
    "wrapcauchy": (0.4,),
    "johnsonsu": (-0.5, 1.3),
    "gengamma": (1.4, 1.7),
    "bernoulli": (0.3,),
    "binom": (5, 0.3),
    "nbinom": (2.5, 0.4),
    "geom": (0.3,),
    "betabinom": (5, 1.3, 2.2),
    "logser": (0.4,),
}
FIXED = {"beta", "f", "t", "exponweib"}
"""Whose distribution functions are not differentiated in the shapes; or no more than in x."""


def shapes_of(dist):
    n = len(dist.shapes.split(",")) if dist.shapes else 0
    return SHAPES.get(dist.name, (1.7, 2.3, 1.4)[:n])


def named(fn):
    return f"{fn.__self__.name}.{fn.__name__}"


@pytest.mark.parametrize("fn", CONTINUOUS, ids=named)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_continuous_formulas_are_those_of_scipy(fn):
    formula, shapes = DEFINITIONS[fn], shapes_of(fn.__self__)
    x = np.array([-3, -1, -0.2, 0, 0.1, 0.4, 0.9, 1, 1.3, 2.5, 5, 12, np.nan])
    if fn.__name__ in ("ppf", "isf"):
        x = np.array([-0.5, 0.01, 0.2, 0.5, 0.77, 0.99, 1.5, np.nan])
    for loc, scale in ((0, 1), (0.3, 1.6), (0.3, -1.0)):
        expected = fn(x, *shapes, loc, scale)
        found = formula(x, *shapes, loc, scale)
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True)
    assert np.allclose(formula(x, *shapes), fn(x, *shapes), rtol=1e-9, atol=1e-12, equal_nan=True)
    if fn.__self__.name not in ("genpareto", "skewnorm"):
        bad = tuple(-1.0 for _ in shapes)
        if shapes:
            assert np.array_equal(formula(0.5, *bad), fn(0.5, *bad), equal_nan=True)


@pytest.mark.parametrize("fn", DISCRETE, ids=named)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_discrete_formulas_are_those_of_scipy(fn):
    formula, shapes = DEFINITIONS[fn], shapes_of(fn.__self__)
    k = np.array([-2, -1, -0.5, 0, 1, 1.5, 2, 3, 5, 5.5, 6, 9, np.nan])
    for loc in (0, 1):
        expected = fn(k, *shapes, loc=loc)
        found = formula(k, *shapes, loc)
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True)


def loss_of(fn, n, wrt):
    params = ["x", *(f"p{i}" for i in range(n)), "loc", "scale"][: n + 3]
    call = f"fn({', '.join(params)})"
    names = {"np": np, "fn": fn, "w": np.array([1.0, -0.7, 2.1, 0.4, -1.3])}
    return defined(f"def loss({', '.join(params)}):\n    return np.sum(w * {call})\n", names)


@pytest.mark.parametrize("fn", CONTINUOUS, ids=named)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_gradients_of_continuous_distributions(fn):
    name, shapes = fn.__self__.name, shapes_of(fn.__self__)
    x = np.array([0.23, 0.41, 0.77, 1.13, 2.31])
    if name in ("pareto",):
        x = x + 1.5
    if name == "weibull_max":
        x = -x
    if name in ("beta", "powerlaw", "arcsine", "uniform", "semicircular"):
        x = 0.35 * x
    if fn.__name__ in ("ppf", "isf"):
        x = np.array([0.13, 0.31, 0.57, 0.73, 0.91])
    args = [x, *map(float, shapes), 0.07, 1.3]
    if name in ("pareto", "beta", "powerlaw", "arcsine", "uniform"):
        args[-2] = 0.001
    plain = fn.__name__ in ("logpdf", "pdf")
    wrt = range(len(args)) if plain or name not in FIXED else (0, len(args) - 2, len(args) - 1)
    if name == "skewnorm" and not plain:
        wrt = (0, 2, 3)
    check_grad(loss_of(fn, len(shapes), wrt), *args, wrt=tuple(wrt))


@pytest.mark.parametrize("fn", DISCRETE, ids=named)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_gradients_of_discrete_distributions(fn):
    name, shapes = fn.__self__.name, shapes_of(fn.__self__)
    k = np.array([1, 0, 1, 1, 0]) if name == "bernoulli" else np.array([1, 2, 3, 5, 4])
    if fn.__name__ == "logsf":
        k = k * 0 + (0 if name == "bernoulli" else np.array([1, 2, 3, 3, 4]))
    n = len(shapes)
    params = ", ".join(["k", *(f"p{i}" for i in range(n))])
    names = {"np": np, "fn": fn, "w": np.array([1.0, -0.7, 2.1, 0.4, -1.3])}
    loss = defined(f"def loss({params}):\n    return np.sum(w * fn({params}))\n", names)
    wrt = [i + 1 for i, shape in enumerate(shapes) if isinstance(shape, float)]
    if name == "nbinom" and "pmf" not in fn.__name__:
        wrt = [2]
    check_grad(loss, k, *shapes, wrt=tuple(wrt))


def test_arguments_by_name():
    loss = defined(
        "def loss(x, a, s, mu):\n"
        "    return np.sum(stats.gamma.logpdf(x, a=a, scale=s) + stats.norm.logpdf(x, scale=s)"
        " + stats.beta.logpdf(x / 9, 2.0, b=a, loc=mu) + stats.poisson.logpmf(k=2, mu=a))\n",
        {"np": np, "stats": stats},
    )
    check_grad(loss, rand(4, low=0.5, high=3.0), 1.5, 0.8, -0.1, wrt=(0, 1, 2, 3))
    value, _ = value_and_grad(loss)(np.array([0.5, 1.0]), 1.5, 0.8, -0.1)
    assert value == pytest.approx(loss(np.array([0.5, 1.0]), 1.5, 0.8, -0.1))


def test_parameters_are_broadcast():
    loss = defined(
        "def loss(x, m, s):\n    return np.sum(stats.norm.logpdf(x[:, None], m, s) ** 2)\n",
        {"np": np, "stats": stats},
    )
    check_grad(loss, rand(4), rand(3, seed=1), rand(3, seed=2, low=0.5, high=2.0), wrt=(0, 1, 2))
    check_grad(loss, rand(1), rand(1, seed=1), 0.7, wrt=(0, 1, 2))
    assert grad(loss)(np.zeros(0), 0.3, 0.7).shape == (0,)


def test_lists_and_single_precision():
    loss = defined(
        "def loss(m):\n    return np.sum(stats.norm.logpdf([0.5, 1.5], m, 2.0))\n",
        {"np": np, "stats": stats},
    )
    check_grad(loss, 0.3)
    found = grad(loss)(np.float32(0.3))
    assert found.dtype == np.float32
    x = rand(3).astype(np.float32)
    loss = defined(
        "def loss(x):\n    return np.sum(stats.t.logpdf(x, 3))\n", {"np": np, "stats": stats}
    )
    assert grad(loss)(x).dtype == np.float32


def test_outside_of_the_support_nothing_flows():
    for call in (
        "stats.gamma.logpdf(x, 2.5)",
        "stats.gamma.pdf(x, a)",
        "stats.expon.pdf(x, 0, a)",
        "stats.beta.pdf(x, a, 2.0)",
        "stats.lognorm.cdf(x, a)",
    ):
        loss = defined(
            f"def loss(x, a):\n    return np.sum({call}[1:]) + 0 * a\n", {"np": np, "stats": stats}
        )
        with np.errstate(all="raise"):
            found = grad(loss, wrt=(0, 1))(np.array([-1.0, -2.0, 0.4]), 1.7)
        assert np.all(np.isfinite(found[0])) and np.all(found[0][:2] == 0), call


MULTIVARIATE = [
    ("stats.multivariate_normal.logpdf(x, m, C @ C.T + np.eye(3))", (4, 3)),
    ("stats.multivariate_normal.logpdf(x, m, C @ C.T + np.eye(3))", (3,)),
    ("stats.multivariate_normal.logpdf(x, m, C @ C.T + np.eye(3))", (2, 4, 3)),
    ("stats.multivariate_normal.pdf(x, mean=m, cov=C @ C.T + np.eye(3))", (4, 3)),
    ("stats.multivariate_normal.logpdf(x, None, C @ C.T + np.eye(3)) + np.sum(m)", (4, 3)),
    ("stats.multivariate_normal.logpdf(x, m, np.exp(C[0]))", (4, 3)),
    ("stats.multivariate_normal.logpdf(x, m, np.exp(C[0, 0]))", (4, 3)),
    ("stats.multivariate_normal.logpdf(x, m) + C[0, 0]", (3,)),
    ("stats.multivariate_normal.logpdf(x, m[0], np.exp(C[0, 0]))", (4,)),
]


@pytest.mark.parametrize(("text", "shape"), MULTIVARIATE)
def test_multivariate_normal(text, shape):
    loss = defined(f"def loss(x, m, C):\n    return np.sum({text})\n", {"np": np, "stats": stats})
    args = rand(*shape), rand(3, seed=1), rand(3, 3, seed=2)
    check_grad(loss, *args, wrt=(0, 1, 2))
    assert value_and_grad(loss)(*args)[0] == pytest.approx(loss(*args), rel=1e-10)


def test_dirichlet_and_multinomial():
    names = {"np": np, "stats": stats}
    a = rand(3, low=0.5, high=3.0)
    p = np.array([0.2, 0.3])
    for method in ("logpdf", "pdf"):
        loss = defined(f"def loss(p, a):\n    return stats.dirichlet.{method}(p, a)\n", names)
        check_grad(loss, p, a, wrt=(0, 1))
        assert value_and_grad(loss)(p, a)[0] == pytest.approx(loss(p, a))
    for method in ("logpmf", "pmf"):
        text = f"stats.multinomial.{method}(k, 6, np.exp(q) / np.sum(np.exp(q)))"
        loss = defined(f"def loss(q, k):\n    return np.sum({text})\n", names)
        for k in (np.array([1, 2, 3]), np.array([[1, 2, 3], [6, 0, 0]])):
            check_grad(loss, rand(3), k)
            assert value_and_grad(loss)(rand(3), k)[0] == pytest.approx(loss(rand(3), k))


SUMMARIES = [
    "stats.zscore(x)",
    "stats.zscore(x, axis=1, ddof=1)",
    "stats.zscore(x, axis=None)",
    "stats.zmap(x, x[:3])",
    "stats.gzscore(x)",
    "stats.gmean(x)",
    "stats.gmean(x, axis=None)",
    "stats.gmean(x, axis=1, weights=[1.0, 2.0, 3.0])",
    "stats.hmean(x, axis=1)",
    "stats.pmean(x, 3)",
    "stats.pmean(x, 0, axis=1)",
    "stats.moment(x, 3)",
    "stats.moment(x, order=2, axis=1, center=0.5)",
    "stats.skew(x)",
    "stats.skew(x, axis=None, bias=False)",
    "stats.kurtosis(x, bias=False)",
    "stats.kurtosis(x, axis=0, fisher=False)",
    "stats.sem(x)",
    "stats.sem(x, axis=None, ddof=0)",
    "stats.variation(x, axis=1)",
    "stats.gstd(x)",
    "stats.entropy(x)",
    "stats.entropy(x, x[::-1] + 1.0, base=2, axis=1)",
    "stats.circmean(x)",
    "stats.circvar(x, axis=0)",
    "stats.circstd(x, high=3.0, axis=1)",
    "stats.tmean(x)",
    "stats.tvar(x)",
    "stats.tstd(x, axis=1)",
    "stats.tsem(x)",
    "stats.iqr(x)",
    "stats.iqr(x, axis=0, rng=(10, 60), scale=2.0)",
    "stats.median_abs_deviation(x)",
    "stats.pearsonr(x[:, 0], x[:, 1])[0]",
    "stats.pearsonr(x[:, 0], x[:, 1]).statistic",
    "stats.pearsonr(x[:, 0], x[:, 1]).pvalue",
    "stats.boxcox_llf(0.3, x[:, 0])",
    "stats.boxcox(x[:, 0], 0.3)",
    "stats.yeojohnson(x[:, 0] - 1.0, 0.3)",
]


@pytest.mark.parametrize("text", SUMMARIES)
def test_summaries(text):
    x = rand(5, 3, low=0.3, high=2.0)
    names = {"np": np, "stats": stats}
    source = (
        f"def loss(x):\n    y = {text}\n    return np.sum(np.cos(np.arange(np.size(y))).reshape"
    )
    loss = defined(source + "(np.shape(y)) * y)\n", names)
    check_grad(loss, x)
    assert value_and_grad(loss)(x)[0] == pytest.approx(loss(x), rel=1e-12)


REFUSED = {
    "stats.beta.cdf(0.3, x, 2.0)": "how it moves with a and b has no closed form",
    "stats.ks_2samp([0.1, 0.3], [0.2, x])[0]": "a test gives an object of several",
    "stats.trim_mean(np.array([x, 1.0]), 0.1)": "which numbers it leaves out jumps",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_have_reasons(text):
    loss = defined(f"def loss(x):\n    return {text}\n", {"np": np, "stats": stats})
    with pytest.raises(NoRule) as caught, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        grad(loss)(1.5)
    assert REFUSED[text] in str(caught.value)


FROZEN = [
    "stats.norm(a, b).logpdf(x)",
    "stats.norm(scale=b).pdf(x - a)",
    "stats.gamma(b, scale=2.0).logpdf(x) + a",
    "stats.multivariate_normal(np.ones(4) * a, b).logpdf(x)",
    "stats.poisson(b).logpmf(np.array([1, 0, 2, 3])) * a",
]


@pytest.mark.parametrize("text", FROZEN)
def test_distributions_with_their_parameters(text):
    for body in (f"    return np.sum({text})\n", f"    d = {text.rpartition('.')[0]}\n"):
        if body.startswith("    d"):
            if text.count(").") > 1 or not text.startswith("stats.norm(a"):
                continue
            body += "    return np.sum(d.logpdf(x)) + d.cdf(0.3)\n"
        loss = defined(f"def loss(x, a, b):\n{body}", {"np": np, "stats": stats})
        args = rand(4, low=0.3, high=2.0), 0.7, 1.3
        check_grad(loss, *args, wrt=(1, 2))
        assert value_and_grad(loss)(*args)[0] == pytest.approx(loss(*args))


def test_other_methods_of_distributions_with_their_parameters():
    loss = defined(
        "def loss(x):\n"
        "    d = stats.norm(0.5, 2.0)\n"
        "    return np.sum(d.logpdf(x)) * d.mean() * d.std() + len(d.rvs(3))\n",
        {"np": np, "stats": stats},
    )
    check_grad(loss, rand(3))


KDE = [
    ("stats.gaussian_kde(y).logpdf(x)", (3,), (6,)),
    ("stats.gaussian_kde(y)(x)", (3,), (6,)),
    ("stats.gaussian_kde(y, 'silverman').evaluate(x)", (2, 3), (2, 6)),
    ("stats.gaussian_kde(y, bw_method=0.7).pdf(x)", (1, 3), (1, 6)),
    ("stats.gaussian_kde(dataset=y).logpdf(x)", (2, 1), (2, 6)),
]


@pytest.mark.parametrize(("text", "points", "data"), KDE)
def test_estimated_densities(text, points, data):
    loss = defined(
        f"def loss(x, y):\n    return np.sum(np.cos({text}))\n", {"np": np, "stats": stats}
    )
    args = rand(*points), rand(*data, seed=1)
    check_grad(loss, *args, wrt=(0, 1))
    assert value_and_grad(loss)(*args)[0] == pytest.approx(loss(*args))
