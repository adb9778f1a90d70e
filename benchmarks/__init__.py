"""Numbers anyone can reproduce: reads public instance formats, runs planners and peers, writes one CSV row each."""
