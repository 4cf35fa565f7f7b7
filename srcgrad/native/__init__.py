"""The native back end: statements over one index space as explicit loops."""
