"""Berths that take one ship at a time: which ship lies where, and in what order."""
