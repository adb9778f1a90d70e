"""Does a crane, or another terminal, keep to the CraneJob protocol? Numbered checks."""
