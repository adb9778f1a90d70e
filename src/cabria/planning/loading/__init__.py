"""One call from load list to work queues; the only planner that may use the others."""
