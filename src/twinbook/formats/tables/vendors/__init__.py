"""What each program calls its columns, as tables. Sources and dates: docs/replicas/tables.md."""
