"""The functions of ``scipy.sparse``."""

from __future__ import annotations
