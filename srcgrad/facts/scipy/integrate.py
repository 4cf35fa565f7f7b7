"""The functions of ``scipy.integrate``."""

from __future__ import annotations
