"""Cabria, the open brain of an automated container terminal."""

__version__ = "0.1.0"
