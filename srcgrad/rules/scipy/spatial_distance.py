"""The functions of ``scipy.spatial.distance``."""

from __future__ import annotations
