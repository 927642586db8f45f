"""The programs of other people, as far as the story needs them: each saves a card its own way.

They read the text, change a line, and write everything back with their own spelling of it,
as such programs do. That spelling is no edit, and must not travel.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

Lines = list[str]
Change = Callable[[Lines], Lines]


@dataclass(frozen=True, slots=True)
class Program:
    """One program that keeps an address book."""

    name: str
    signs: str = ""  #: how it signs the cards it saves, "" if it does not
    ends: str = "\r\n"  #: how it ends a line
    spells: tuple[tuple[str, str], ...] = ()  #: how others begin a line, and how it does

    def saved(self, card: bytes, change: Change) -> bytes:
        """A card with a change, as the program writes it."""
        lines = change(_unfolded(card.decode()))
        lines = [self._spelt(line) for line in lines if not line.startswith("PRODID:")]
        if self.signs:
            lines.insert(2, f"PRODID:{self.signs}")
        return "".join(f"{line}{self.ends}" for line in lines).encode()

    def _spelt(self, line: str) -> str:
        for theirs, mine in self.spells:
            if line.startswith(f"{theirs}:"):
                return mine + line[len(theirs) :]
        return line


def _unfolded(text: str) -> Lines:
    return re.sub(r"\r?\n[ \t]", "", text).splitlines()


def setting(start: str, value: str) -> Change:
    """Give the line that begins with `start` another value; without one, add it."""

    def change(lines: Lines) -> Lines:
        for number, line in enumerate(lines):
            if line.startswith(start):
                return [*lines[:number], f"{line.partition(':')[0]}:{value}", *lines[number + 1 :]]
        return [*lines[:-1], f"{start}:{value}", lines[-1]]

    return change


IPHONE = Program(
    "an iPhone",
    signs="-//Apple Inc.//iPhone OS 18.5//EN",
    spells=(
        ("EMAIL;TYPE=WORK", "EMAIL;type=INTERNET;type=WORK"),
        ("TEL;TYPE=CELL", "TEL;type=CELL;type=VOICE"),
        ("TEL;TYPE=WORK,VOICE", "TEL;type=WORK;type=VOICE"),
        ("ADR;TYPE=WORK", "ADR;type=WORK"),
    ),
)
OUTLOOK = Program(
    "Outlook",
    signs="-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
    spells=(("TEL;TYPE=CELL", "TEL;TYPE=CELL,VOICE"),),
)
GOOGLE = Program(
    "Google Contacts",
    ends="\n",
    spells=(
        ("EMAIL;TYPE=WORK", "EMAIL;TYPE=INTERNET;TYPE=WORK"),
        ("TEL;TYPE=WORK,VOICE", "TEL;TYPE=WORK"),
    ),
)
