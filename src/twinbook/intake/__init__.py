"""Taking files of contacts into the hub: read, judge, store, as one run that can be undone.

Read in this order: `found` (one record of a file, and its fate), `sources` (files of any kind
as such records), `judging`, `belonging` (accounts and owners) and `storing`.
"""
