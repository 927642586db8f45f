"""Commands about books: connecting them, letting them go, and looking into one's own."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from twinbook.cli.desk import PLAIN, AtDesk, Desk
from twinbook.cli.output import WELL, Answer, counted, table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.spoke import Spoke

connect = App(
    name="connect",
    help="Connect a place that is to be kept in step with the hub.",
    default_parameter=PLAIN,
)
book = App(name="book", help="The connected books.", default_parameter=PLAIN)


@connect.command
def folder(
    path: Path,
    /,
    *,
    user: str | None = None,
    name: str | None = None,
    scope: str | None = None,
    desk: AtDesk,
) -> Answer:
    """Connect a folder of .vcf files, as khard and vdirsyncer keep them.

    Nothing is written into it before the first sync.

    Parameters
    ----------
    path
        The folder.
    user
        Whose address book it is; without it the one who acts.
    name
        What to call the book; without it the user's name.
    scope
        Which contacts belong in it: visible, mine, team, or a filter such as
        "city = Paris". Without it the policy says.
    """
    from twinbook.cli.connecting import connected

    spoke = connected(desk, path, user, name, scope)
    return _first_look(desk, spoke)


@connect.command
def carddav(
    url: str,
    /,
    *,
    login: str,
    password_file: Path,
    user: str | None = None,
    name: str | None = None,
    scope: str | None = None,
    book: str | None = None,
    ca: Path | None = None,
    plain_http: bool = False,
    desk: AtDesk,
) -> Answer:
    """Connect an address book on a CardDAV server.

    What the server does is tried in an address book that is made for that and removed
    again. Nothing is written into the user's own before the first sync.

    Parameters
    ----------
    url
        Its address, or that of the server, or a mail address whose domain names the server.
    login
        How the user is called there.
    password_file
        A file with the password in its first line; "-" reads it from standard input. Take an
        app password where the server has such. It is kept sealed.
    user
        Whose address book it is; without it the one who acts.
    name
        What to call the book; without it the user's name.
    scope
        Which contacts belong in it: visible, mine, team, or a filter such as
        "city = Paris". Without it the policy says.
    book
        Which one, by its name or address, where the server has several.
    ca
        A file with the certificate of the authority to trust there.
    plain_http
        Allow an address without encryption.
    """
    from twinbook.cli import signing
    from twinbook.cli.connecting import Wish, connected_server

    access = signing.access(url, login, password_file, ca, plain=plain_http)
    spoke, profile = connected_server(desk, access, book, Wish(user, name, scope))
    answer = _first_look(desk, spoke)
    lines = [answer.lines[0], *signing.told(profile), *answer.lines[1:]]
    return Answer(answer.data, lines, answer.status)


def password(
    name: str, /, *, password_file: Path, login: str | None = None, desk: AtDesk
) -> Answer:
    """Give the password of a book's server anew. It is tried before it is kept.

    Parameters
    ----------
    name
        The book.
    password_file
        A file with the password in its first line; "-" reads it from standard input.
    login
        How the user is called there, if that has changed too.
    """
    from twinbook.cli import signing

    with desk.house.database.read() as connection:
        (spoke,) = _mine(connection, desk, name)
    return signing.renewed(desk, spoke, login, password_file)


def _first_look(desk: Desk, spoke: "Spoke") -> Answer:
    from twinbook.cli import steps, sync

    (outcome,) = sync.look_ahead(desk, [spoke])
    counts = outcome.report.counts(outcome.requests)
    problem = outcome.trouble or outcome.report.error
    data = {
        **_as_data(desk, spoke),
        "first_sync": steps.numbers(counts),
        "error": str(problem) if problem else None,
    }
    lines = [
        f"{spoke.name} is connected: {spoke.address}",
        f"The first sync: {problem or steps.summary(counts, preview=True)}.",
        f"See it step by step with: twinbook sync {spoke.name} --preview",
        f"Do it with: twinbook sync {spoke.name}",
    ]
    return Answer(data, lines, 1 if problem else WELL)


def pause(name: str, /, *, desk: AtDesk) -> Answer:
    """Leave a book alone until it is resumed.

    Parameters
    ----------
    name
        The book.
    """
    return _set_paused(desk, name, paused=True)


def resume(name: str, /, *, desk: AtDesk) -> Answer:
    """Go on with a book that was paused.

    Parameters
    ----------
    name
        The book.
    """
    return _set_paused(desk, name, paused=False)


def _set_paused(desk: Desk, name: str, *, paused: bool) -> Answer:
    from twinbook.journal import calls, spokes

    with desk.house.database.write() as connection:
        (spoke,) = _mine(connection, desk, name)
        spokes.change(connection, spoke.id, paused=paused)
        if not paused:
            calls.call(connection, [spoke.id])
    text = "is paused: no sync touches it" if paused else "goes on with the next sync"
    return Answer({"book": spoke.name, "paused": paused}, [f"{spoke.name} {text}."])


def _mine(connection: "Connection", desk: Desk, name: str) -> Sequence["Spoke"]:
    from twinbook.cli import finding

    return finding.books(connection, [name], desk.rights(connection))


def disconnect(
    name: str,
    /,
    *,
    keep: bool = False,
    remove: bool = False,
    forget: bool = False,
    desk: AtDesk,
) -> Answer:
    """Disconnect a book. Personal items are not touched, whatever is chosen.

    Parameters
    ----------
    name
        The book.
    keep
        Its business contacts stay in it, as personal ones.
    remove
        Its business contacts are removed from it, but for those that were edited there and
        not synchronised since, and those that its user had before they were linked.
    forget
        The place is gone: only forget what was agreed with it.
    """
    from twinbook.cli import leaving

    return leaving.disconnect(desk, name, keep=keep, remove=remove, forget=forget)


@book.command(name="list")
def list_book(name: str | None = None, /, *, desk: AtDesk) -> Answer:
    """List all books; or look into one of your own: which items are business, and why.

    Parameters
    ----------
    name
        The book to look into. Nobody looks into another user's.
    """
    if name is not None:
        from twinbook.cli import looking

        return looking.look_into(desk, name)
    from twinbook.cli import finding

    with desk.house.database.read() as connection:
        found = finding.books(connection, (), desk.rights(connection))
    data = [_as_data(desk, one) for one in found]
    rows = [
        [one["book"], one["user"], one["kind"], one["address"], one["scope"],
         counted(one["links"], "contact"), "paused" if one["paused"] else ""]
        for one in data
    ]  # fmt: skip
    head = ["BOOK", "USER", "KIND", "PLACE", "SCOPE", "LINKED", ""]
    return Answer(data, table(head, rows, "No book is connected yet."))


@book.command
def scope(name: str, scope: str, /, *, preview: bool = False, desk: AtDesk) -> Answer:
    """Change which contacts belong in a book.

    Parameters
    ----------
    name
        The book.
    scope
        visible, mine, team, or a filter such as "city = Paris".
    preview
        Only say what the next sync would do. Nothing is written.
    """
    from twinbook.cli.connecting import rescoped

    return rescoped(desk, name, scope, preview=preview)


def _as_data(desk: Desk, spoke: "Spoke") -> dict[str, Any]:
    from twinbook.journal import links, spokes
    from twinbook.users import people

    with desk.house.database.read() as connection:
        return {
            "book": spoke.name,
            "user": people.get(connection, spoke.user).email,
            "kind": spoke.kind,
            "address": spoke.address,
            "scope": spokes.scope_text(connection, spoke.id),
            "paused": spoke.paused,
            "links": links.count(connection, spoke.id),
        }
