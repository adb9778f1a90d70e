"""Profiles, call folders and tables on disk."""
