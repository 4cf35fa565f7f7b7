"""THE TEXTBOOK: derivative tables, one file per topic, mirroring the chapters of NumPy."""
