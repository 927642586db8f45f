"""Text to values and back. Pure: nothing in here reads a file, a clock or a network."""
