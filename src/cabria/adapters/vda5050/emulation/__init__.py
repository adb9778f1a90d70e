"""Vehicles that are not there: they speak the identical wire and move as the twin's trucks do."""
