"""A year of demand for a terminal, made from a seed: ships, boxes with all that is known of them, road trucks."""
