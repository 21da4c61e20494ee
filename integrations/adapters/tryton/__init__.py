"""Tryton 8 over its REST routes with an application key."""
