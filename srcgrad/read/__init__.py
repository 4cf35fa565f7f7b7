"""SOURCE -> PROGRAM: source lookup, fence, structure, names and lifting; knows gast."""
