"""Weeks and years at coarse fidelity: the same scenarios as the fine twin's, in seconds."""
