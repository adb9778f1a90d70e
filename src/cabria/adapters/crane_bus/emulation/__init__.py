"""Cranes that are not there: they speak the identical wire; what moves behind it is handed in."""
