"""``scipy.stats``: distributions and summaries, read by their formulas."""

from __future__ import annotations

from srcgrad.rules.scipy import stats_continuous  # noqa: F401  read with this one
