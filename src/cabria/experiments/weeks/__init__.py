"""Weeks of a terminal: ships by a berth plan, road trucks, and a yard that fills and empties, in the twin."""
