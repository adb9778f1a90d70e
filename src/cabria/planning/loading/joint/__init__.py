"""Boxes and the order inside each bay, chosen together at one cost."""
