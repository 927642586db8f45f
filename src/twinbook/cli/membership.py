"""Commands about what is business and what is personal in one's own book."""

from twinbook.cli.desk import AtDesk
from twinbook.cli.output import Answer


def promote(
    name: str, item: str, /, *, account: str | None = None, preview: bool = False, desk: AtDesk
) -> Answer:
    """Make a business contact of one of your personal items.

    Own fields (note, government id, spouse, children) stay behind.

    Parameters
    ----------
    name
        The book, one of your own.
    item
        The item: its id, or the name of the person.
    account
        The account that the contact belongs to.
    preview
        Only say what would be done. Nothing is written.
    """
    from twinbook.cli import promoting

    return promoting.promote(desk, name, item, account, preview=preview)


def untrack(
    contact: str, name: str, /, *, keep: bool = False, remove: bool = False, desk: AtDesk
) -> Answer:
    """End that a contact is kept in step with a book. It does not return by itself.

    Parameters
    ----------
    contact
        The contact: its name, a mailbox, or its id.
    name
        The book.
    keep
        Its item stays in the book, as a personal one.
    remove
        Its item is removed from the book.
    """
    from twinbook.cli import leaving

    return leaving.untrack(desk, contact, name, keep=keep, remove=remove)


def bring_back(contact: str, name: str, /, *, desk: AtDesk) -> Answer:
    """Let a contact return that was removed from a book, or untracked.

    Parameters
    ----------
    contact
        The contact: its name, a mailbox, or its id.
    name
        The book.
    """
    from twinbook.cli import leaving

    return leaving.bring_back(desk, contact, name)
