"""Training on the living system: scenarios as files, sessions on the twin, faults on time, a score with its reasons."""
