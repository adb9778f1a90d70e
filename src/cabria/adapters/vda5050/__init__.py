"""Driverless trucks on the wire: VDA 5050 over MQTT, version 3.0.0 and, for older fleets, 2.1."""
