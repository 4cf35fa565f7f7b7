"""WHAT IS KNOWN: types and shapes, activity, purity; dictionaries keyed by variable."""
