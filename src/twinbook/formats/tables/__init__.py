"""Address lists as CSV and XLSX: bytes to people, and people to CSV.

Read in this order: `opening` (what a file is), `delimited` and `workbook` (rows), `targets` and
`mapping` (what a column is), `dialects` and `proposing` (which mapping a file needs), `entries`
and `people` (rows as contacts), `holding` and `writing` (the way back). What each program calls
its columns is in `vendors`.
"""

from twinbook.formats.tables.dialects import known
from twinbook.formats.tables.entries import Entry, entries
from twinbook.formats.tables.holding import WRITTEN, losses
from twinbook.formats.tables.mapping import Column, Mapping, mapping_text, read_mapping
from twinbook.formats.tables.opening import open_table
from twinbook.formats.tables.proposing import propose
from twinbook.formats.tables.table import Problem, Row, Table
from twinbook.formats.tables.writing import write_table

__all__ = [
    "WRITTEN",
    "Column",
    "Entry",
    "Mapping",
    "Problem",
    "Row",
    "Table",
    "entries",
    "known",
    "losses",
    "mapping_text",
    "open_table",
    "propose",
    "read_mapping",
    "write_table",
]
