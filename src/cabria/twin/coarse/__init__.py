"""The terminal at coarse fidelity: the same ships, boxes and machines, driven over tables of travel times, compiled."""
