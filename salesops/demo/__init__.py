"""Nordlicht Machines, a believable organization to try Salesops with: made by the same actions that people use."""
