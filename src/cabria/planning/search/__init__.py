"""Stopping criteria, local and tree search, results with their certificates; knows nothing about terminals."""
