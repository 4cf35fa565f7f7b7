"""PROGRAM -> PROGRAM: reverse mode, and what to keep and what to recompute."""
