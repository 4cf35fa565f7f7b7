"""PROGRAM -> SOURCE -> CALLABLE: fold, spell, print, load."""

from srcgrad.write.load import load
from srcgrad.write.source import Written, write

__all__ = ["Written", "load", "write"]
