"""Commands that take many contacts in from a file, or give them out."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from twinbook.cli.desk import AtDesk
from twinbook.cli.formats import Word
from twinbook.cli.output import Answer

FORMATS = Literal[
    "auto", "vcard", "apple", "jscontact", "outlook", "google", "dynamics", "salesforce",
    "hubspot", "zoho", "pipedrive", "csv",
]  # fmt: skip


def import_(
    file: Path,
    /,
    *,
    format_: Annotated[FORMATS, Parameter(name="--format")] = "auto",
    mapping: Path | None = None,
    owner: str | None = None,
    on_match: Literal["skip", "link", "create"] = "skip",
    with_private: bool = False,
    preview: bool = False,
    desk: AtDesk,
) -> Answer:
    """Take the contacts of a file into the hub: cards, or a table of another system.

    What is there already is left out, so that the same file again changes nothing. A
    record that can't be read is named, and the others are taken. All of it is one run,
    which can be undone.

    Parameters
    ----------
    file
        The file: vCard, JSContact, CSV or XLSX.
    format_
        What wrote it; without it, that is found out.
    mapping
        A file that says which column of a table is what. If it is not there yet, a
        proposal is written into it, and nothing is imported.
    owner
        To whom the contacts belong whose owner the file does not tell; without it to the
        one who acts.
    on_match
        What becomes of a record that looks like a contact of the hub: skip leaves it out
        and names it, link adds to the contact what it lacks, create makes a new one.
    with_private
        Take the note, the spouse and the other fields in, too, that are else their
        user's own. Everybody who sees the contacts will see them.
    preview
        Only say what would be done. Nothing is written.
    """
    from twinbook.cli import importing

    wishes = importing.Wishes(
        file=file,
        form=format_,
        mapping=mapping,
        owner=owner,
        on_match=on_match,
        with_private=with_private,
        preview=preview,
    )
    return importing.take_in(desk, wishes)


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
        for JSContact, .json for Twinbook's own JSON, .csv for a table that holds everything.
    format_
        The format, whatever the file is called: vcard3 (or vcard), vcard4, jscontact, json,
        csv, or a table as Outlook, Google Contacts or Dynamics 365 takes it in.
    filter
        Only those of a filter, such as "mine", or "city = Paris and category ~ key".
        Inactive contacts are left out unless it says "everything" or "active = no".
    replace
        Write in the place of a file that is there already.
    """
    from twinbook.cli import exporting

    return exporting.give_out(desk, file, format_, filter, replace=replace)
