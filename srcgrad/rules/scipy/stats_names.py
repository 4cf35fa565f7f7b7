"""What the names of ``scipy.stats`` are: distributions, summaries, tests."""

from __future__ import annotations

from scipy import stats

from srcgrad.rules.classes import described, refuse, structural
from srcgrad.rules.functionals import DEFINITIONS
from srcgrad.rules.table import zero

_TEST = "a test gives an object of several; compute its statistic with NumPy"
_SEARCH = "its result is found by a search; use optimize.minimize on its objective"
_NO_FORMULA = "its density is written down nowhere here; write its logarithm with NumPy"
_DRAWS = "it draws random numbers"
_TRIMMED = "which numbers it leaves out jumps; sort with np.sort and take a mean"
_METHODS = ("logpdf", "pdf", "logpmf", "pmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")
_KINDS = (stats.rv_continuous, stats.rv_discrete)


def _methods(dist: object) -> list[str]:
    """Return the methods of a distribution that are read by their formulas."""
    known = (name for name in _METHODS if hasattr(dist, name))
    return [name for name in known if getattr(dist, name) in DEFINITIONS]


def _distributions() -> tuple[dict[str, str], dict[str, str]]:
    known, unknown = {}, {}
    for name in stats.__all__:
        dist = getattr(stats, name)
        found = _methods(dist) if hasattr(dist, "rvs") and not isinstance(dist, type) else []
        if found:
            known[name] = f"read by its formulas: {', '.join(found)}"
        elif isinstance(dist, _KINDS):
            unknown[name] = _NO_FORMULA
    return known, unknown


_KNOWN, _UNKNOWN = _distributions()
described("scipy.stats", _KNOWN)
described("scipy.stats", {"gaussian_kde": "read by its formulas: logpdf, pdf, evaluate"})
refuse("scipy.stats", _UNKNOWN)
zero(*(getattr(stats, name) for name in ("rankdata", "percentileofscore", "tiecorrect")))
refuse(
    "scipy.stats",
    {
        "estimated_cdf": "how many numbers are below another jumps",
        "alexandergovern anderson anderson_ksamp ansari barnard_exact bartlett binomtest": _TEST,
        "boschloo_exact brunnermunzel bws_test chatterjeexi chi2_contingency chisquare": _TEST,
        "combine_pvalues cramervonmises cramervonmises_2samp dunnett epps_singleton_2samp": _TEST,
        "f_oneway fisher_exact fligner friedmanchisquare goodness_of_fit jarque_bera": _TEST,
        "kendalltau kruskal ks_1samp ks_2samp kstest kurtosistest levene logrank": _TEST,
        "mannwhitneyu median_test mood multiscale_graphcorr normaltest page_trend_test": _TEST,
        "poisson_means_test power_divergence quantile_test ranksums shapiro skewtest": _TEST,
        "somersd spearmanr spearmanrho ttest_1samp ttest_ind ttest_ind_from_stats": _TEST,
        "ttest_rel tukey_hsd weightedtau wilcoxon false_discovery_control": _TEST,
        "monte_carlo_test permutation_test bootstrap power sobol_indices": _DRAWS,
        "random_correlation random_table ortho_group special_ortho_group unitary_group": _DRAWS,
        "uniform_direction": _DRAWS,
        "boxcox_normmax yeojohnson_normmax ppcc_max expectile fit": _SEARCH,
        "dirichlet_multinomial invwishart matrix_normal matrix_t wishart": _NO_FORMULA,
        "multivariate_hypergeom multivariate_t normal_inverse_gamma vonmises_fisher": _NO_FORMULA,
        "trim1 trim_mean trimboth sigmaclip tmax tmin": _TRIMMED,
        "binned_statistic binned_statistic_2d binned_statistic_dd cumfreq relfreq": "it counts",
        "bayes_mvs mvsdist describe directional_stats ecdf linregress pointbiserialr": _TEST,
        "siegelslopes theilslopes": "it takes medians of many slopes; use np.median",
        "boxcox_normplot yeojohnson_normplot ppcc_plot probplot": "it makes a plot",
        "differential_entropy energy_distance wasserstein_distance wasserstein_distance_nd"
        " kstat kstatvar lmoment obrientransform order_statistic": "write its formula with np.sort"
        " and NumPy",
        "quantile scoreatpercentile": "use np.quantile",
        "mode": "which number is the most frequent jumps",
        "yeojohnson_llf": "use stats.yeojohnson and np.var",
    },
)
structural(
    "scipy.stats",
    {
        "Binomial Logistic Mixture Normal Uniform make_distribution truncate": "makes an object;"
        " use stats.norm and the like",
        "abs exp log": "of objects that are distributions",
        "BootstrapMethod MonteCarloMethod PermutationMethod CensoredData Covariance": "an object",
        "rv_continuous rv_discrete rv_histogram": "a class of distributions",
        "ConstantInputWarning DegenerateDataWarning FitError NearConstantInputWarning": "an"
        " exception",
    },
)
