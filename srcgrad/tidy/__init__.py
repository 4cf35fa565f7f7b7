"""PROGRAM -> SMALLER PROGRAM: prune, simplify, specialise, share, hoist."""
