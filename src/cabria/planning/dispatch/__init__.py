"""Trucks and yard cranes, in sync, now."""
