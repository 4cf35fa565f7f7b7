"""PROGRAM -> SOURCE -> CALLABLE: fold, spell, print, load."""

from srcgrad.write.load import load
from srcgrad.write.source import write
from srcgrad.write.standalone import standalone
from srcgrad.write.written import Written

__all__ = ["Written", "load", "standalone", "write"]
