"""The modules of SciPy that have files of their own here, read when a program can name them.

A function can only reach what is imported, so nothing here imports SciPy: a room asks its
`Chapters` when it misses something, and reads the files of those modules that are there by now.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from types import ModuleType

MODULES = (
    "scipy.special",
    "scipy.linalg",
    "scipy.stats",
    "scipy.fft",
    "scipy.signal",
    "scipy.ndimage",
    "scipy.interpolate",
    "scipy.integrate",
    "scipy.optimize",
    "scipy.sparse",
    "scipy.sparse.linalg",
    "scipy.spatial.distance",
)
"""What is looked for, in the order in which the files are read."""


def file_of(module: str) -> str:
    """Return the name of the file about a module.

    >>> file_of("scipy.sparse.linalg")
    'sparse_linalg'
    """
    return module.partition(".")[2].replace(".", "_")


def present() -> Iterator[tuple[str, ModuleType]]:
    """Yield the modules that are imported, by the name of the file about each."""
    for module in MODULES:
        found = sys.modules.get(module)
        if found is not None:
            yield file_of(module), found


class Chapters:
    """The files of one room, one for each module of SciPy.

    Parameters
    ----------
    package : str
        The package that they are in.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self._unread = dict.fromkeys(MODULES)
        self._lock = threading.RLock()
        self._reading = False

    def read(self) -> bool:
        """Read the files that are due; tell whether there were any."""
        if "scipy" not in sys.modules or not self._due():
            return False
        with self._lock:
            if self._reading:
                return False
            self._reading = True
            try:
                for module in self._due():
                    importlib.import_module(f"{self._package}.{file_of(module)}")
                    del self._unread[module]
            finally:
                self._reading = False
        return True

    def _due(self) -> list[str]:
        return [module for module in list(self._unread) if module in sys.modules]
