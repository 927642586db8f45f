"""Twinbook keeps a company's CRM contacts and people's address books in step."""

__version__ = "0.1.0"
