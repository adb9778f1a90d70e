"""Pre-marshalling: the fewest moves inside a bay after which no box stands above one that leaves earlier."""
