"""Which vehicle does which job, at least cost, proved, tick after tick."""
