"""The nouns and laws of the quay, in the standard library alone."""
