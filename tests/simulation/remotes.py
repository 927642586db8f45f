"""Kinds of remotes: how their servers spell, and what they do beside keeping their promise."""

from dataclasses import dataclass, replace
from enum import Enum

from twinbook.model.contact import Kind, Phone, PhoneKind
from twinbook.model.shape import Shape
from twinbook.replicas.memory import as_given

T_VISIBLE, T_REQUEST = 10.0, 10.0  #: how old a list may be; how late a request may act
LOUD = ("given", "surname", "nickname", "job_title", "department")


def loud(contact):
    """A server that shouts, cuts at 14 characters and writes numbers in digits."""
    texts = {name: getattr(contact, name).upper()[:14] for name in LOUD}
    phones = tuple(replace(one, value=one.value.replace("+", "")) for one in contact.phones)
    return contact.but(**texts, phones=phones)


def plain(contact):
    """A server that knows no hyphens and no home numbers."""
    texts = {name: getattr(contact, name).replace("-", " ") for name in LOUD}
    phones = tuple(
        Phone(one.value, PhoneKind.OTHER if one.kind is PhoneKind.HOME else one.kind)
        for one in contact.phones
    )
    emails = tuple(replace(one, kind=Kind.OTHER) for one in contact.emails)
    return contact.but(**texts, phones=phones, emails=emails)


class Server(Enum):
    """A kind of server: how it spells, and how much it holds."""

    FAITHFUL = (as_given, Shape())
    LOUD = (loud, Shape(at_most={"phones": 2}))
    PLAIN = (plain, Shape(fields=Shape().fields - {"hobbies"}))


@dataclass(frozen=True)
class Model:
    """A kind of remote: what it does beside keeping its promise."""

    page: int = 100  #: how many items it tells of in one answer
    listing: bool = False  #: always lists everything
    bare: bool = False  #: names what is news, without its contents
    by_content: bool = False  #: equal contents have equal versions
    slow: bool = False  #: a request that was given up may act late
    lags: bool = False  #: lists may be old
    stale: bool = False  #: what is read directly may be old, too
    replays: bool = False  #: tells again what it has told, and older states on the way
    restless: bool = False  #: versions change though nothing else does

    @property
    def settles_after(self):
        """So long after a request was given up it acts no more, and the lists show it."""
        return (T_REQUEST + T_VISIBLE + 1) * self.lags or (T_REQUEST + 1) * self.slow

    @property
    def shows_after(self):
        """So long after a change every answer shows it."""
        return (T_REQUEST + T_VISIBLE + 1) * self.lags


MODELS = {
    "plain": Model(),
    "folder": Model(listing=True),
    "carddav": Model(page=3, bare=True, by_content=True, slow=True),
    "graph": Model(page=2, slow=True, replays=True),
    "exchange": Model(page=2, bare=True, slow=True),
    "google": Model(page=3, lags=True, stale=True, restless=True),
    "lagging": Model(lags=True),
}
"""Kinds of remotes, by what sets them apart; docs/proof.md tells which is like whom."""
