"""The outside for real, reached through the gateways."""
