"""Whatever bytes a stranger sends: no reader crashes, and what was understood obeys the laws.

`make fuzz` does the same for longer, with a fuzzer that sees which lines an input reaches. What
it finds is kept in corpus/, under a name that says what is odd about it.
"""

import pytest
from grammar import inputs_of
from hypothesis import given
from hypothesis import strategies as st
from readers import CORPUS, READERS, kept, trials

from twinbook.formats import vcard

FILES = {
    name: [one.read_bytes() for one in (*kept(name), *reader.samples)]
    for name, reader in READERS.items()
}
INPUTS = {name: inputs_of(name, reader, FILES[name]) for name, reader in READERS.items()}
KEPT = [(name, file) for name in READERS for file in kept(name)]


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_a_reader_bears_whatever_it_is_given(name, data):
    READERS[name].check(data.draw(INPUTS[name]))


@pytest.mark.parametrize(("name", "file"), KEPT, ids=[f"{name}-{file.name}" for name, file in KEPT])
def test_a_reader_bears_what_once_was_found(name, file):
    READERS[name].check(file.read_bytes())


@pytest.mark.parametrize("file", list(kept("vcard")), ids=lambda file: file.name)
def test_a_card_that_once_was_found_bears_every_trial(file):
    cards = [one for one in vcard.cards(file.read_bytes()) if isinstance(one, vcard.Card)]
    for card in cards:
        for trial in trials(card, vcard.contact(card)):
            trial()


def test_every_reader_has_a_corpus_and_no_other_has():
    folders = {one.name for one in CORPUS.iterdir()}

    assert folders == set(READERS)
