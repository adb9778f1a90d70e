"""Whole-ship plan: which class of container goes to which slot."""
