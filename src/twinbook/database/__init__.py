"""KEEPING. One schema on SQLite and PostgreSQL, its migrations, transactions and backups."""

from twinbook.database.engine import Database, open_database

__all__ = ["Database", "open_database"]
