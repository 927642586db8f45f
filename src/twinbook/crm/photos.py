"""Pictures, kept once by their content."""

from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database import dialect
from twinbook.database.schema import photos
from twinbook.model.contact import Contact
from twinbook.model.errors import Invalid

LARGEST = 10 * 1024 * 1024  #: bytes of a picture


def photo(connection: Connection, digest: str) -> bytes | None:
    """The bytes of a picture, or None if they are not here."""
    return connection.scalar(sa.select(photos.c.body).where(photos.c.digest == digest))


def keep(connection: Connection, contact: Contact, body: bytes | None) -> None:
    """Keep the bytes of a contact's picture. Raises Invalid if they are another one's."""
    if body is None:
        return
    if contact.photo is None or sha256(body).hexdigest() != contact.photo.digest:
        raise Invalid("The bytes are not those of the contact's picture.")
    if len(body) > LARGEST:
        raise Invalid("A picture may have 10 MB. Make it smaller and try again.")
    dialect.insert_missing(connection, photos, [{"digest": contact.photo.digest, "body": body}])
