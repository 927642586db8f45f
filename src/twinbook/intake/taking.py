"""One file on its way into the hub, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from twinbook.intake.belonging import Accounts, Owners
from twinbook.intake.found import Found, OnMatch, Taken
from twinbook.intake.judging import Judge
from twinbook.intake.storing import Storing
from twinbook.journal.deeds import Deed
from twinbook.model.ids import UserId
from twinbook.model.rights import Rights
from twinbook.ports import Clock
from twinbook.reconcile.required import Required


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a file is taken in."""

    owner: UserId  #: to whom contacts belong whose owner the file does not tell
    rights: Rights  #: of the one who imports
    required: Required
    on_match: OnMatch = OnMatch.SKIP


class Taking:
    """One file on its way into the hub. `word` is what its records are called: card, line."""

    def __init__(self, word: str, rules: Rules) -> None:
        self._judge = Judge(word, rules.on_match, rules.required, rules.rights)
        self._storing = Storing(Accounts(), Owners(rules.owner))

    @property
    def accounts(self) -> Sequence[str]:
        """The names of the accounts that are new, so far."""
        return self._storing.accounts.made

    def foresee(self, connection: Connection, page: Sequence[Found | Taken]) -> list[Taken]:
        """What `take` would do with a page, with nothing written."""
        judged = self._judge.page(connection, page)
        return [one.told() for one in self._storing.foresee(connection, judged)]

    def take(
        self, connection: Connection, page: Sequence[Found | Taken], deed: Deed, clock: Clock
    ) -> list[Taken]:
        """Take a page in, in the run; what became of each record, with the contacts' ids."""
        judged = self._judge.page(connection, page)
        stored = self._storing.store(connection, judged, deed, clock)
        self._judge.forget()
        return [one.told() for one in stored]
