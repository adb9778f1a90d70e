"""What came of many runs, and one run to be looked at as it went."""
