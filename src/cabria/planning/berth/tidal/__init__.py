"""A quay that ships may leave only at high water: who lies where from when."""
