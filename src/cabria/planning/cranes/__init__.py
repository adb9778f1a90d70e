"""Crane split and sequence of one call."""
