"""Which ship lies where, when and with how many cranes: discrete berths, a continuous quay, and re-planning."""
