"""The running terminal as its watchers see it: rows, figures, alerts, and the stream that tells what has changed."""
