"""Commands that take many contacts in from a file, or give them out."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from twinbook.cli.desk import AtDesk
from twinbook.cli.formats import Word
from twinbook.cli.output import Answer


def import_(
    file: Path, /, *, owner: str | None = None, preview: bool = False, desk: AtDesk
) -> Answer:
    """Take the contacts of a .vcf file into the hub.

    Cards that are there already are left out, so that the same file again changes
    nothing. A card that can't be read is named, and the others are taken.

    Parameters
    ----------
    file
        The file; it may hold many cards.
    owner
        To whom the contacts belong; without it to the one who acts.
    preview
        Only say what would be done. Nothing is written.
    """
    from twinbook.cli import importing

    return importing.take_in(desk, file, owner, preview=preview)


def export(
    file: Path,
    /,
    *,
    format_: Annotated[Word | None, Parameter(name="--format")] = None,
    filter: str = "visible",
    replace: bool = False,
    desk: AtDesk,
) -> Answer:
    """Write the contacts that you may see into a file.

    Parameters
    ----------
    file
        The file. Without --format its name says the format: .vcf for vCard 3.0, .jscontact
        for JSContact, .json for Twinbook's own JSON.
    format_
        The format, whatever the file is called: vcard3 (or vcard), vcard4, jscontact, json.
    filter
        Only those of a filter, such as "mine", or "city = Paris and category ~ key".
        Inactive contacts are left out unless it says "everything" or "active = no".
    replace
        Write in the place of a file that is there already.
    """
    from twinbook.cli import exporting

    return exporting.give_out(desk, file, format_, filter, replace=replace)
