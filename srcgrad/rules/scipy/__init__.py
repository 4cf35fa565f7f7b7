"""The rules for SciPy: one file for each of its modules, read when that module is imported."""
