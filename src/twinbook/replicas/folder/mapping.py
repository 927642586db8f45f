"""How a file's name and an item's id stand for each other. Nothing here opens a file."""

from urllib.parse import quote_from_bytes, unquote_to_bytes

from twinbook.model.ids import RecordId

#: Begins the id of a file whose name is no text.
_ESCAPED = "%:"


def id_of(name: str) -> RecordId:
    r"""The item's id: the file's name, or an escaped form where the name is no text.

    >>> id_of("ada.vcf"), id_of("caf\udce9.vcf")
    ('ada.vcf', '%:caf%E9.vcf')
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return RecordId(_ESCAPED + quote_from_bytes(name.encode("utf-8", "surrogateescape")))
    return RecordId(
        _ESCAPED + quote_from_bytes(name.encode()) if name.startswith(_ESCAPED) else name
    )


def name_of(id: RecordId) -> str:
    """The file's name, "" for an id that can't be one of a file in the folder."""
    name = str(id)
    if name.startswith(_ESCAPED):
        name = unquote_to_bytes(name.removeprefix(_ESCAPED)).decode("utf-8", "surrogateescape")
    return "" if _is_no_card(name) else name


def _is_no_card(name: str) -> bool:
    return "/" in name or "\0" in name or name[:1] == "." or name[-4:].lower() != ".vcf"
