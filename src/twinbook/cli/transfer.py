"""Commands that take many contacts in from a file, or give them out."""

from pathlib import Path

from twinbook.cli.desk import AtDesk
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


def export(file: Path, /, *, replace: bool = False, desk: AtDesk) -> Answer:
    """Write all active contacts that you may see into a file.

    Parameters
    ----------
    file
        The file: .vcf for vCard 3.0, .json for JSON.
    replace
        Write in the place of a file that is there already.
    """
    from twinbook.cli import exporting

    return exporting.give_out(desk, file, replace=replace)
