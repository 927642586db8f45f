"""Outgoing HTTP for everybody: who may be asked, for how long, and what an error means."""
