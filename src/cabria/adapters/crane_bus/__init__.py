"""Quay and yard cranes on the wire: the CraneJob protocol over MQTT, in words of TIC 4.0."""
