"""Nouns: frozen values that every other room speaks in. None of them does I/O."""
