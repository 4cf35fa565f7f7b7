"""Real programs: kernels in the plain NumPy style of their fields, and their tests."""
