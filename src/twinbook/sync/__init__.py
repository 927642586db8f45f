"""Doing: observe, reconcile, guard, apply, record. Everything it touches comes through a port."""
