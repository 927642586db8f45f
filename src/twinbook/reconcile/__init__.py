"""Thinking: what should be done about what was seen. No I/O, no clock, no randomness."""
