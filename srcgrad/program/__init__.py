"""THE NOUN: nodes, builder, walk, checker, evaluator and printer of the program."""
