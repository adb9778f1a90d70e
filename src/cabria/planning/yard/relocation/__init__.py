"""Block relocation: get the boxes of a bay out in their order, with few relocations, little crane time, in time."""
