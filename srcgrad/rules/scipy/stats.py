"""``scipy.stats``: distributions and summaries, read by their formulas."""

from __future__ import annotations

from srcgrad.rules.scipy import (  # noqa: F401  read with this one
    stats_continuous,
    stats_discrete,
    stats_multivariate,
    stats_names,
    stats_summaries,
)
