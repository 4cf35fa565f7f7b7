"""The functions of ``scipy.fft``."""

from __future__ import annotations
