"""Pure algorithms: no clock of the day, no files, no network."""
