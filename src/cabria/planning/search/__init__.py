"""Stopping criteria, local and tree search, results and certificates; knows nothing about terminals."""
