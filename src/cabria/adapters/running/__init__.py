"""A running terminal: its clock, its thread, and what others see of it."""
