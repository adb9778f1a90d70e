"""Re-planning from where work stands: as little changed as may be, and told before it is done."""
