"""Slots for the boxes of one bay section, as the literature has it: all piles a stack may hold, and the best choice."""
