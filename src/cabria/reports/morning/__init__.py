"""The morning report: yesterday's shift, where plan and day parted and why, and three things worth changing."""
