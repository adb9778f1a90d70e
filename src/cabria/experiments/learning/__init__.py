"""What a terminal's history teaches, and whether that is worth anything: measured, on days nothing was learned from."""
