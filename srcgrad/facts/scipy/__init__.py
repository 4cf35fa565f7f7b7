"""What is known of the functions of SciPy: a file for each module, read when it is imported."""
