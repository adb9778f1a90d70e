"""Tidying a block tonight: the moves that lower tomorrow's expected rehandles most in the crane time there is."""
