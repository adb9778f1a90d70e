"""Slot choice, relocation and pre-marshalling in the yard."""
