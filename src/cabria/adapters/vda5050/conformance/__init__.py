"""Does a vehicle, or another fleet control, keep to VDA 5050 3.0.0? Numbered checks with the clause of each."""
