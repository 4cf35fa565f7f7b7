"""The textbook of SciPy: one file per chapter, read when the chapter is in use."""
