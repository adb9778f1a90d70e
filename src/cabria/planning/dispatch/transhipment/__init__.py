"""Berth, block and truck for boxes that go from ship to ship."""
