"""A finished plan changed by hand: what an edit makes of it, and what it costs."""
