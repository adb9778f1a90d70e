"""Master planning of a whole voyage: boxes to blocks at every port, annealed, and a bound."""
