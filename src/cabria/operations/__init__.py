"""The living terminal: from plan to moves, from moves to jobs, from jobs to commands, and what comes back."""
