"""Training sessions as offices of their own beside the server's: begun, watched, branched, scored."""
