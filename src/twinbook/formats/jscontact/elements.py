"""Fields of many values with a kind: each is a map whose entries are the values, in order.

The keys mean nothing (RFC 9553, section 1.4.1). The RFC gives maps no order; JSON keeps the
one in which they were written, and so does the reader.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from twinbook.formats.jscontact import kinds as words
from twinbook.formats.jscontact.components import components
from twinbook.formats.jscontact.tree import Node
from twinbook.formats.vcard.quirks import SCHEMES, SERVICES, Kinds
from twinbook.formats.vcard.text import clean
from twinbook.model.contact import Address, Messenger

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)\Z", re.DOTALL)
#: Schemes of URIs that name an account and nothing else.
_ACCOUNTS: Final = frozenset(
    {*SCHEMES.values(), "aim", "gtalk", "icq", "irc", "jabber", "matrix", "sip", "sips", "skype"}
)


@dataclass(frozen=True, slots=True)
class Elements:
    """A field whose elements have one text: `text` is its property in an entry of `name`."""

    name: str
    entry_type: str  #: the @type of an entry
    letter: str  #: that the keys of new entries begin with
    text: str
    kinds: Kinds[Any]
    make: type[Any]

    def read(self, card: Node) -> tuple[Any, ...]:
        """The elements of a card. Raises Wrong."""
        return tuple(
            element for _, node in card.items(self.name) if (element := self._element(node))
        )

    def write(self, value: Sequence[Any]) -> dict[str, Any]:
        """The map of all elements, {} if there is none."""
        entries = (self._entry(one) for one in value)
        return {f"{self.letter}{number}": entry for number, entry in enumerate(entries, 1)}

    def _element(self, node: Node) -> Any:
        details = self.details(node.is_a(self.entry_type))
        if not details:
            return None
        preferred = node.held.get("pref") == 1
        pref = node.number("pref", 1, 100)
        if pref is not None and not preferred:
            node.held["pref"] = pref
        kind = words.taken(node, self.kinds)
        return self.make(kind=kind, preferred=preferred, label=self.label(node), **details)

    def _entry(self, one: Any) -> dict[str, Any]:
        entry = self.entry(one) | words.said(self.kinds, one.kind)
        if one.preferred:
            entry["pref"] = 1
        return self.labelled(entry, one.label) if one.label else entry

    def details(self, node: Node) -> Mapping[str, Any]:
        """The attributes that an entry's own properties say; {} if it says nothing."""
        text = node.text(self.text)
        return {"value": text} if text.strip() else {}

    def entry(self, one: Any) -> dict[str, Any]:
        """The properties of an entry that say the element's value."""
        return {self.text: one.value}

    def label(self, node: Node) -> str:
        """A person's own word for the element (RFC 9553, section 1.5.2)."""
        return node.text("label")

    def labelled(self, entry: dict[str, Any], label: str) -> dict[str, Any]:
        """The entry with that word."""
        return entry | {"label": label}


@dataclass(frozen=True, slots=True)
class Services(Elements):
    """Accounts of messengers: a service, and a user's name or a URI."""

    def details(self, node: Node) -> Mapping[str, Any]:
        service, user = node.text("service"), node.text("user")
        if user.strip():
            return {"value": user, "service": service}
        uri = node.text("uri")
        found = _SCHEME.match(uri.strip())
        if found and found[1].lower() in _ACCOUNTS and clean(found[2]):
            return {"value": found[2], "service": service or found[1].lower()}
        return {"value": uri, "service": service} if uri.strip() else {}

    def entry(self, one: Messenger) -> dict[str, Any]:
        service = {"service": one.service} if one.service else {}
        return service | {"user": one.value}


def service_of(text: str) -> str:
    """The one name that a service has in Twinbook.

    >>> service_of("XMPP"), service_of("Mastodon")
    ('jabber', 'mastodon')
    """
    name = clean(clean(text).lower())
    return SERVICES.get(name, name)


#: Which component belongs to which part of an address. The first of a part is written.
COMPONENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "po_box": ("postOfficeBox",),
    "extended": (
        "apartment", "room", "floor", "building", "subdistrict", "district",
    ),
    "street": ("name", "number", "block", "direction", "landmark"),
    "city": ("locality",),
    "region": ("region",),
    "postal_code": ("postcode",),
    "country": ("country",),
}  # fmt: skip
_PART_OF: Final = {kind: part for part, kinds in COMPONENTS.items() for kind in kinds}


@dataclass(frozen=True, slots=True)
class Addresses(Elements):
    """Postal addresses of components. The RFC gives an address no label; ours is vCard's."""

    def details(self, node: Node) -> Mapping[str, Any]:
        said = components(node, "AddressComponent", _PART_OF)
        if "country" not in said and (code := node.text("countryCode").strip()):
            said["country"] = code
        if not {*said} - {"country"} and (full := node.text("full").strip()):
            said["street"] = full
        return said

    def entry(self, one: Address) -> dict[str, Any]:
        said = [
            {"kind": kinds[0], "value": value}
            for part, kinds in COMPONENTS.items()
            if (value := getattr(one, part))
        ]
        return {"components": said}

    def label(self, node: Node) -> str:
        return node.object(words.PARAMS).text(words.LABEL)

    def labelled(self, entry: dict[str, Any], label: str) -> dict[str, Any]:
        return entry | {words.PARAMS: entry.get(words.PARAMS, {}) | {words.LABEL: label}}
