"""An address book on a CardDAV server (RFC 6352).

Read in this order: `mapping` (addresses and tags), `profile` (what was measured there),
`client` (the requests), `reader` and `writer`, `replica`; `discovery` and `measuring` come
before all of them, when a book is connected.
"""

from twinbook.replicas.carddav.replica import CardDavReplica

__all__ = ["CardDavReplica"]
