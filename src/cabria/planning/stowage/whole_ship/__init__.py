"""Whole ships in one port as the literature has them: an annealing over stacks, and a bound."""
