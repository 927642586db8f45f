"""What was measured at one server: measured, not believed (rule 3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from twinbook.model.shape import ALL_FIELDS, Shape

STRUCTURED: Mapping[str, str] = {
    **dict.fromkeys(("prefix", "given", "middle", "surname", "suffix"), ";"),
    **dict.fromkeys(("company", "department", "addresses"), ";"),
    "categories": ",",
}  #: what parts the components of N, ORG, ADR and CATEGORIES, RFC 6350, sections 6.2 to 6.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one address book's server can do. The defaults trust it with nothing.

    `measured` says that a scratch address book was used, so that promises about writing
    were tried and not only read.
    """

    banners: frozenset[str] = frozenset()  #: how the server called itself when it was measured
    measured: bool = False
    digest: bool = False  #: signs in with Digest
    syncs: bool = False  #: sync-collection (RFC 6578)
    has_ctag: bool = False
    gets_many: bool = True  #: addressbook-multiget
    finds_uids: bool = False  #: addressbook-query finds a card by its UID
    searches: bool = False  #: … and by parts of EMAIL, FN and N
    echoes: bool = False  #: an ETag in answer to a PUT means: stored byte for byte
    tells_versions: bool = True  #: every change of a card changes its ETag
    if_match: bool = True  #: a PUT with a stale If-Match is refused
    removes_if: bool = False  #: a DELETE with one is refused, too
    if_none_match: bool = False  #: a PUT with If-None-Match: * never overwrites
    locks: bool = False  #: refuses a write while it is busy with another one in the book
    lost: frozenset[str] = frozenset()  #: fields that do not survive there
    lengths: Mapping[str, int] = field(default_factory=dict)  #: texts are cut to so many characters
    at_most: Mapping[str, int] = field(default_factory=dict)  #: values kept of a field
    without: Mapping[str, str] = field(default_factory=lambda: STRUCTURED)
    """Characters at which a field comes apart, though they were escaped."""
    largest: int = 0  #: bytes of a card, 0 for no limit
    slowest: float = 1.0  #: seconds, of the writes that were measured
    shows_after: float = 0.0  #: seconds until a listing shows what was written
    in_flight: int = 4  #: requests at once
    keeps: bool = False  #: leaves a connection open after an answer, or says that it does not

    @property
    def shape(self) -> Shape:
        """What the server keeps of a contact."""
        return Shape(
            fields=ALL_FIELDS - self.lost,
            lengths=self.lengths,
            at_most=self.at_most,
            without=self.without,
        )

    @property
    def settles_after(self) -> float:
        """Seconds after which a request that was given up is dead, and every list fresh."""
        return max(1.0, 10 * self.slowest) + self.shows_after

    def but(self, **changes: object) -> "Profile":
        """This profile with some findings replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


def load(text: str) -> Profile:
    """A profile as it was kept; one that trusts nothing where none was, or one we can't read."""
    try:
        return msgspec.json.decode(text, type=Profile) if text else Profile()
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return Profile()


def dump(profile: Profile) -> str:
    """A profile as it is kept.

    >>> load(dump(Profile(syncs=True))).syncs
    True
    """
    return msgspec.json.encode(profile).decode()
