"""Who set a value, when and through what; or why a contact is, or is not, in a book."""

from twinbook.cli.desk import AtDesk
from twinbook.cli.output import Answer


def why(contact: str, field: str | None = None, /, *, desk: AtDesk) -> Answer:
    """Say where a value comes from; without a field, in which books a contact is, and why.

    Parameters
    ----------
    contact
        The contact: its name, a mailbox, or its id.
    field
        A field such as phones, or owner, account, state.
    """
    from twinbook.cli import explaining

    if field is None:
        return explaining.membership(desk, contact)
    return explaining.history(desk, contact, field)
