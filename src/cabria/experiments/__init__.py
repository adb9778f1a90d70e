"""Made ships, made calls, and many of them: replications and sweeps."""
