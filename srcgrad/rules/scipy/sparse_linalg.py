"""The functions of ``scipy.sparse.linalg``."""

from __future__ import annotations
