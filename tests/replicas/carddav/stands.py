"""A server with books on it, and a book as a replica in the way that Twinbook opens it."""

from contextlib import closing
from functools import cached_property
from itertools import count

from twinbook.model.ids import LinkId
from twinbook.net.web import Login, Web
from twinbook.replicas.carddav import CardDavReplica, opening
from twinbook.replicas.carddav.opening import Access
from twinbook.replicas.carddav.profile import Profile

NUMBERS = count(1)


class Stand:
    """One server, measured once."""

    def __init__(self, server, new_book, login="alice", password="secret"):
        self.server, self.new_book = server, new_book
        self.login, self.password = login, password

    @cached_property
    def measured(self) -> Profile:
        """What `twinbook connect carddav` finds out."""
        access = Access(place=self.new_book(), login=self.login, password=self.password)
        with opening.found(access, None) as (web, place, digest):
            mark = LinkId(f"{next(NUMBERS):032x}")
            return opening.measured(web, place, mark, digest=digest)

    @property
    def unmeasured(self) -> Profile:
        """What is known of a server that was never measured, but for how it signs in."""
        return Profile(digest=self.measured.digest)

    def replica(self, profile: Profile, address: str = "") -> CardDavReplica:
        """An empty book, or one with an address, as a replica."""
        login = Login(self.login, self.password, digest=profile.digest) if self.login else None
        address = address or self.new_book()
        web = Web(address, login, in_flight=profile.in_flight)
        web.keeps = profile.keeps
        return CardDavReplica(web, address, profile)

    def opened(self, profile: Profile, address: str = ""):
        return closing(self.replica(profile, address))
