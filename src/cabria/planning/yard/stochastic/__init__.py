"""Retrieve boxes whose time windows are known and whose order inside a window is told only when the window begins."""
