"""Tasks along a ship for cranes on one rail: who does what in which order (the problem of the literature)."""
