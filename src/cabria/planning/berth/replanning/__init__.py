"""A disrupted week at a quay: who lies where from when with how many cranes, at least cost and with few changes."""
