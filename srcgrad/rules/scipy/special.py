"""The functions of ``scipy.special``."""

from __future__ import annotations

from scipy import special

from srcgrad.rules.table import elementwise

elementwise(special.expit, lambda y, x: y * (1.0 - y))
