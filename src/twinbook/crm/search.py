"""Finding contacts by words: of the name, the company, a mailbox, a number."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import scopes
from twinbook.crm.terms import WORD, sought
from twinbook.database import dialect
from twinbook.database.schema import contacts, terms
from twinbook.model.filter import ACTIVE, Filter
from twinbook.model.ids import RecordId
from twinbook.model.rights import Viewer

LONGEST = 20  #: so many words of a search are looked at


def search(
    connection: Connection,
    text: str,
    viewer: Viewer,
    among: Filter = ACTIVE,
    *,
    limit: int = 50,
) -> Sequence[RecordId]:
    """The contacts in `among` that have a word beginning with each word of `text`, by name.

    A text without a word finds all of them. Contacts that were deleted or merged are
    found only where `among` asks for inactive ones.
    """
    wanted = [
        contacts.c.serial.in_(
            sa.select(terms.c.contact).where(
                terms.c.kind == WORD, dialect.starts(terms.c.value, word)
            )
        )
        for word in sought(text)[:LONGEST]
    ]
    ids = connection.scalars(
        sa.select(contacts.c.id)
        .where(*wanted, scopes.condition(connection, among, viewer))
        .order_by(contacts.c.sort_key, contacts.c.serial)
        .limit(limit)
    )
    return [RecordId(id) for id in ids]
