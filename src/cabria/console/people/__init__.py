"""Who may come in, what each may do, and the trail of what was done."""
