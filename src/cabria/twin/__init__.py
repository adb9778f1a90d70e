"""The gateways in simulated time: agenda, machines, ships and road trucks, failures."""
