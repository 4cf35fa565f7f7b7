"""The functions of ``scipy.special``: all that act on each element, and some that are written."""

from __future__ import annotations

import numpy as np
from scipy import special

from srcgrad.facts.foreign import enter, named
from srcgrad.facts.shapes_elementwise import elementwise
from srcgrad.facts.shapes_probed import probed
from srcgrad.runtime import foreign

enter(
    (fn for fn in vars(special).values() if isinstance(fn, np.ufunc) and fn.signature is None),
    elementwise,
)
enter(named(special, "lambertw"), elementwise)
enter(named(special, "h1vp h2vp"))
enter(named(special, "logsumexp softmax log_softmax"), probed)
enter(named(special, "comb perm factorial factorial2 factorialk poch zeta multigammaln polygamma"))
enter(named(special, "spherical_jn spherical_yn spherical_in spherical_kn jvp yvp kvp ivp sinc"))
enter(named(special, "diric bernoulli euler softplus"))
enter(
    named(foreign, "psi_step gammainc_slope dawsn_slope erfcx_slope kve_slope zeta_slope"),
    elementwise,
)
enter((foreign.hyp1f1_slopes,), elementwise)
