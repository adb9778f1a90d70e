"""Judges plans and logs from scratch, knowing no planner."""
