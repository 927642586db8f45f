"""Passwords and certificates for places on servers, as a person gives them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from twinbook.cli.desk import Desk
from twinbook.cli.output import Answer

if TYPE_CHECKING:
    from twinbook.model.spoke import Spoke
    from twinbook.replicas.carddav.opening import Access
    from twinbook.replicas.carddav.profile import Profile


def access(place: str, login: str, password: Path, ca: Path | None, *, plain: bool) -> "Access":
    """How to get at an address book. Raises Invalid for a file that is none of its kind."""
    from twinbook.replicas.carddav.opening import Access

    return Access(
        place=place,
        login=login,
        password=password_in(password),
        authority=_authority(ca) if ca is not None else "",
        plain=plain,
    )


def password_in(file: Path) -> str:
    """The first line of a file, or of standard input. Raises Invalid if there is nothing."""
    from twinbook.model.errors import Invalid

    try:
        text = sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is no text. Its first line should be the password.") from error
    first = text.splitlines()[0] if text.strip() else ""
    if not first:
        raise Invalid(f"There is no password in {file}. Its first line should be the password.")
    return first


def _authority(file: Path) -> str:
    """The PEM of an authority's certificate."""
    import ssl

    from twinbook.model.errors import Invalid

    text = file.read_text(encoding="ascii", errors="replace")
    try:
        ssl.create_default_context().load_verify_locations(cadata=text)
    except ssl.SSLError as error:
        raise Invalid(
            f"{file} holds no certificate. It should begin with -----BEGIN CERTIFICATE-----"
        ) from error
    return text


def told(profile: "Profile") -> Iterator[str]:
    """What was measured, in sentences."""
    if not profile.measured:
        yield (
            "The server lets us make no address book to try things in: nothing is taken on "
            "trust, and whatever is written is read back."
        )
    if profile.lost:
        yield f"The server does not keep: {', '.join(sorted(profile.lost))}. The CRM does."
    for field, length in profile.lengths.items():
        yield f"The server cuts {field} to {length} characters. The CRM keeps all of it."
    for field, number in profile.at_most.items():
        yield f"The server keeps at most {number} {field}. The CRM keeps the rest."
    if profile.measured and profile.without:
        fields = ", ".join(sorted(profile.without))
        yield (
            f"The server takes a comma or semicolon as the end of a text in: {fields}. "
            "There the book has the other one of the two; the CRM keeps what was said."
        )


def renewed(desk: Desk, spoke: "Spoke", login: str | None, file: Path) -> Answer:
    """A new password for a connected book, once the server has taken it."""
    from twinbook.journal import spokes
    from twinbook.model.errors import Invalid
    from twinbook.replicas.carddav.opening import opened
    from twinbook.users.vault import for_spoke

    if not spoke.login:
        raise Invalid(f"{spoke.name} is a {spoke.kind}: nobody signs in there.")
    password, after = password_in(file), spoke.but(login=login or spoke.login)
    place = opened(after, lambda: password)
    try:
        place.check()
    finally:
        place.close()
    with desk.house.database.write() as connection:
        spokes.change(connection, spoke.id, login=after.login)
        desk.house.vault.put(connection, for_spoke(spoke.id), password, desk.house.clock.now())
    return Answer(
        {"book": spoke.name, "login": after.login},
        [f"The password of {spoke.name} is kept. The next sync uses it."],
    )
