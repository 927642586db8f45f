"""What does not come back from a Card exactly as it was, field by field."""

from collections.abc import Mapping
from typing import Final

from twinbook.formats.jscontact.mapping import TABLE
from twinbook.model.fields import BY_NAME, Nature

#: What happens to every field of a nature.
BY_NATURE: Final[Mapping[Nature, str]] = {
    Nature.TEXT: "blanks at its ends go; letters are composed (NFC), line ends are LF, and what "
    "is no character goes",
    Nature.PROSE: "letters are composed (NFC), line ends are LF, and what is no character goes; "
    "if only blanks are left, all goes",
    Nature.DAY: "a date that no calendar has goes",
    Nature.PHOTO: "goes without its bytes; a media type that is none becomes what the bytes show",
    Nature.VALUES: "texts as above; a value without text goes; a label is 200 characters at most",
    Nature.WORDS: "texts as above; a word that stands there twice stays once",
}
#: What happens to some fields beside it.
OF_FIELD: Final[Mapping[str, str]] = {
    "display_name": "goes where it follows from other fields",
    "gender": "a code becomes its word: `F` female, `M` male, `N` none, `O` other, `U` unknown",
    "messengers": "a service has one name in small letters (`XMPP` is jabber); an account that "
    "stands there twice stays once",
    "phones": "`tel:` before a number goes",
}


def losses() -> Mapping[str, str]:
    """What is lost of each field of the table, by its name; all else comes back."""
    fields = dict.fromkeys(field for row in TABLE for field in row.fields)
    return {
        field: "; ".join(
            said for said in (BY_NATURE[BY_NAME[field].nature], OF_FIELD.get(field)) if said
        )
        for field in fields
    }
