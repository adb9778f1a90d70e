"""Trips on shared lanes: which truck is in which segment when, so that no two ever meet."""
