"""Open the address book of a spoke, or one that is about to become a spoke."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin

from twinbook.model.errors import DamagedData, Emptied, NotFound, ReplicaError
from twinbook.model.ids import LinkId
from twinbook.model.spoke import Spoke
from twinbook.net.web import Login, Web
from twinbook.ports import Replica
from twinbook.replicas.carddav import discovery, measuring, profile
from twinbook.replicas.carddav.discovery import Found
from twinbook.replicas.carddav.profile import Profile
from twinbook.replicas.carddav.replica import CardDavReplica


def opened(spoke: Spoke, password: Callable[[], str]) -> CardDavReplica:
    """The replica of a spoke. Without its password every question to it raises SignInNeeded."""
    known = profile.load(spoke.profile)
    login, shut = None, ""
    if spoke.login:
        try:
            login = Login(spoke.login, password(), digest=known.digest)
        except (NotFound, DamagedData) as error:
            shut = str(error)
    remedy = f"Give the password anew with: twinbook password {spoke.name} --password-file FILE"
    web = Web(
        spoke.address,
        login,
        spoke.authority,
        in_flight=known.in_flight,
        remedy=remedy,
        shut=shut,
    )
    web.keeps = known.keeps
    return CardDavReplica(web, spoke.address, known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a person gets at an address book."""

    place: str  #: a URL, or a mail address or domain
    login: str
    password: str = field(repr=False)
    authority: str = ""  #: PEM of a certificate authority, "" for the system's
    plain: bool = False  #: may be asked without encryption


@contextmanager
def found(access: Access, book: str | None) -> Iterator[tuple[Web, Found, bool]]:
    """The address book that is meant, how to ask for it, and whether that is by Digest.

    Raises Ambiguous or Invalid with the books that are there, or the error of the first
    address that was tried.
    """
    first: ReplicaError | None = None
    for start in discovery.addresses(access.place, plain=access.plain):
        with ExitStack() as stack:
            try:
                digest = _wants_digest(access, start)
                web = stack.enter_context(closing(_signed_in(access, start, digest=digest)))
                every = discovery.books(web, start)
            except ReplicaError as error:
                first = first or error
                continue
            yield web, discovery.chosen(every, book), digest
            return
    raise first or Emptied(f"{access.place} names no server.")


def _wants_digest(access: Access, start: str) -> bool:
    with closing(Web(start, None, access.authority)) as stranger:
        return discovery.challenge(stranger, start)


def _signed_in(access: Access, start: str, *, digest: bool) -> Web:
    login = Login(access.login, access.password, digest=digest) if access.login else None
    return Web(start, login, access.authority, remedy=_TRY_AGAIN)


_TRY_AGAIN = "Check the login and the password, then connect again."


def measured(web: Web, place: Found, mark: LinkId, *, digest: bool) -> Profile:
    """What the book's server does. Raises Closed for a book that can't be written."""
    return measuring.measured(
        web, place.home, measuring.said(web, place.address, digest=digest), mark
    )


def remeasured(replica: Replica, mark: LinkId) -> str | None:
    """The profile of a connected book whose server calls itself something else than before.

    In the form in which it is kept; None where there is no reason, or it can't be had now.
    """
    if not isinstance(replica, CardDavReplica) or not replica.is_unfamiliar:
        return None
    web, address, before = replica.web, replica.address, replica.profile
    try:
        said = measuring.said(web, address, digest=before.digest)
        after = measuring.measured(web, urljoin(address, ".."), said, mark)
    except ReplicaError:
        return None
    return profile.dump(after.but(banners=after.banners | before.banners))
