"""Choose and retrieve for a whole yard: which box for which place of an order, and every lift that takes."""
