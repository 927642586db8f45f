"""Our mark in a card is its UID (rule 0.6)."""

import re

from twinbook.model.ids import LinkId

_UUID = re.compile(
    r"(?:urn:uuid:)?([0-9a-f]{8}(-?)[0-9a-f]{4}\2[0-9a-f]{4}\2[0-9a-f]{4}\2[0-9a-f]{12})\Z",
    re.IGNORECASE,
)
_MARK = re.compile(r"[0-9a-f]{32}\Z")


def mark_of(uid: str) -> LinkId | None:
    """The mark that a UID is: UUIDs as 32 lower-case hex digits, others as they are.

    >>> mark_of("urn:uuid:03A0E51F-D1AA-4385-8A53-E29025ACD8AF")
    '03a0e51fd1aa43858a53e29025acd8af'
    >>> mark_of("") is None
    True
    """
    found = _UUID.match(uid)
    return LinkId(found[1].replace("-", "").lower() if found else uid) if uid else None


def uid_of(mark: LinkId) -> str:
    """The UID of an item we create.

    >>> uid_of(LinkId("03a0e51fd1aa43858a53e29025acd8af"))
    'urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af'
    """
    if not _MARK.match(mark):
        return str(mark)
    parts = (mark[:8], mark[8:12], mark[12:16], mark[16:20], mark[20:])
    return f"urn:uuid:{'-'.join(parts)}"


def file_of(mark: LinkId) -> str:
    """The name of the file of an item we create."""
    return (
        f"{mark}.vcf" if _MARK.match(mark) else f"{re.sub('[^A-Za-z0-9@_-]', '_', mark)[:200]}.vcf"
    )
