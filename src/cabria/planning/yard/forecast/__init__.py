"""When a box will leave: a calibrated distribution from a site's own history, or the word that nothing is known."""
