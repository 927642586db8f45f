"""The laws that reading and writing a card obey (docs/explanation/rules.md, section 3.4)."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from twinbook.formats import vcard
from twinbook.formats.vcard import Card, contact, edit, new, normal
from twinbook.formats.vcard.mapping import LENSES
from twinbook.model.contact import Contact, Photo
from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.shape import ALL_FIELDS
from twinbook.testing import strategies

FIELD_SETS = st.one_of(
    st.just(ALL_FIELDS),
    st.sets(st.sampled_from(sorted(ALL_FIELDS)), max_size=4),
    st.sampled_from([frozenset({name}) for name in sorted(ALL_FIELDS)]),
)


def card_of(data: bytes) -> Card:
    [card] = vcard.cards(data)
    assert isinstance(card, Card), card
    return card


CARDS = strategies.cards().map(card_of)
PICTURE = strategies.PIXEL
PHOTO = Photo(sha256(PICTURE).hexdigest(), "image/gif")
#: Contacts whose photo, if they have one, is the picture that is at hand.
CONTACTS = st.builds(
    lambda person, has_photo: person.but(photo=PHOTO if has_photo else None),
    strategies.contacts(without=["photo"]),
    st.booleans(),
)


def shown(person: Contact, fields) -> dict:
    """The fields of a contact; words without their order, which means nothing."""
    return {
        name: frozenset(value) if BY_NAME[name].nature is Nature.WORDS else value
        for name in sorted(fields)
        for value in [getattr(person, name)]
    }


@given(strategies.cards())
def test_a_card_that_nobody_edits_keeps_every_byte(data):
    assert bytes(card_of(data)) == data


@given(CARDS, FIELD_SETS)
def test_writing_what_a_card_shows_changes_no_byte(card, fields):
    assert edit(card, contact(card), fields) == card


@given(CARDS, CONTACTS, FIELD_SETS)
def test_a_card_shows_what_was_written_into_it(card, wanted, fields):
    edited = edit(card, wanted, fields, PICTURE)

    written = fields - {"display_name"}
    assert shown(contact(edited), written) == shown(normal(wanted), written)


@given(CARDS, CONTACTS)
def test_a_card_shows_all_of_a_contact_that_was_written_into_it(card, wanted):
    edited = edit(card, wanted, ALL_FIELDS, PICTURE)

    assert shown(contact(edited), ALL_FIELDS) == shown(normal(wanted), ALL_FIELDS)


@given(CARDS, CONTACTS, FIELD_SETS)
def test_fields_that_were_not_named_stay_as_they_were(card, wanted, fields):
    edited = edit(card, wanted, fields, PICTURE)

    # A full name may begin or cease to follow from the parts that were written.
    others = ALL_FIELDS - fields - {"display_name"}
    assert shown(contact(edited), others) == shown(contact(card), others)


@given(CARDS, CONTACTS, FIELD_SETS)
def test_lines_about_other_fields_keep_every_byte_and_their_order(card, wanted, fields):
    concerned = {"FN", "X-ABLABEL", "X-ABADR", *(["LABEL"] if "addresses" in fields else [])}
    for name in fields & LENSES.keys():
        concerned |= LENSES[name].names
    if "photo" in fields:
        concerned |= {"PHOTO", ""}  # vCard 2.1 has a blank line behind a photo

    edited = edit(card, wanted, fields, PICTURE)

    assert [one.raw for one in edited.lines if one.name not in concerned] == [
        one.raw for one in card.lines if one.name not in concerned
    ]


@given(CARDS, CONTACTS, FIELD_SETS)
def test_an_edited_card_is_a_card(card, wanted, fields):
    edited = edit(card, wanted, fields, PICTURE)

    assert card_of(bytes(edited)) == edited


@given(CARDS, CONTACTS, CONTACTS, FIELD_SETS)
def test_the_second_of_two_edits_decides(card, first, second, fields):
    once = edit(card, second, fields, PICTURE)
    twice = edit(edit(card, first, fields, PICTURE), second, fields, PICTURE)

    written = fields - {"display_name"}
    assert shown(contact(twice), written) == shown(contact(once), written)


@given(CONTACTS, st.sampled_from(["2.1", "3.0", "4.0"]))
def test_a_new_card_shows_its_contact(wanted, version):
    card = new(wanted, "urn:uuid:1", PICTURE, version)

    assert shown(contact(card), ALL_FIELDS) == shown(normal(wanted), ALL_FIELDS)
    assert card_of(bytes(card)) == card


@given(CONTACTS)
def test_what_a_card_gives_back_it_gives_back_unchanged(wanted):
    assert normal(normal(wanted)) == normal(wanted)


@given(CARDS)
def test_what_is_read_from_a_card_is_normal(card):
    assert normal(contact(card)) == contact(card)
