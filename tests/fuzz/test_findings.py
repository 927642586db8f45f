"""What the hunts found, and what is right instead. The inputs are in corpus/ as they were found."""

import pytest

from twinbook.formats import stored, typed, vcard
from twinbook.formats.vcard.card import LONGEST_LABEL
from twinbook.model.contact import Contact, Email, Phone, PhoneKind
from twinbook.net.web import retry_after
from twinbook.reconcile.match import LONGEST_SURNAME, keys_of
from twinbook.replicas.carddav import discovery
from twinbook.replicas.carddav.mapping import id_of, path_of

GMT = "Wed, 21 Oct 2026 07:28:00 GMT"


def card_of(*lines):
    (card,) = vcard.cards(b"\r\n".join([b"BEGIN:VCARD", *lines, b"END:VCARD", b""]))
    return card


def reread(card):
    (again,) = vcard.cards(bytes(card))
    return again


@pytest.mark.parametrize(
    "header",
    ["9" * 400, "9" * 5000, GMT.replace("GMT", "+9999999999999999"), GMT.replace("2026", "9" * 30)],
)
def test_a_pause_that_no_clock_can_count_is_no_hint(header):
    assert retry_after(header, GMT) is None


def test_json_that_is_too_deep_is_no_stored_contact():
    with pytest.raises(ValueError, match="not a stored contact"):
        stored.load('{"x":' + "[" * 100_000)


@pytest.mark.parametrize("place", ["https://[/", "https://ada@dav.example.com:443/"])
def test_only_a_person_can_be_told_that_an_address_is_none(place):
    with pytest.raises(discovery.Invalid):
        discovery.addresses(place)


def test_two_slashes_inside_a_path_are_no_server():
    assert path_of("https://dav.example.com/a//b/") == "/a//b/"
    assert id_of("/a//b/", "/a//b/ada.vcf") == "ada.vcf"


def test_blanks_inside_a_typed_value_are_read_at_once():
    wanted = (Phone("1" + " " * 5000 + "2", PhoneKind.WORK, preferred=True),)

    assert typed.value("phones", "1" + " " * 5000 + "2 (work) *", ()) == wanted


def test_a_soft_break_before_the_end_leaves_the_card_its_end():
    card = card_of(b"VERSION:2.1", b"FN;QUOTED-PRINTABLE:Ada=")

    edited = vcard.edit(card, Contact(note="new"), {"note"})

    assert card.lines[-1].name == "END"
    assert vcard.contact(reread(edited)) == Contact(display_name="Ada", note="new")


@pytest.mark.parametrize("end", [b"a.END:VCARD", b"end : vcard", b"END:VCARD "])
def test_a_soft_break_leaves_a_card_its_end_however_it_is_spelled(end):
    (card,) = vcard.cards(b"BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;QUOTED-PRINTABLE:a=\r\n" + end)

    assert card.lines[-1].raw == end
    assert vcard.contact(card).note == "a"


def test_a_soft_break_leaves_a_card_within_the_card_the_line_that_opens_it():
    agent = (b"AGENT:", b"BEGIN:VCARD", b"FN:Bob", b"END:VCARD")
    card = card_of(b"VERSION:2.1", b"NOTE;QUOTED-PRINTABLE:a=", *agent)

    edited = vcard.edit(card, Contact(), {"note"})

    assert vcard.contact(card).note == "a"
    assert bytes(edited) == b"\r\n".join(
        [b"BEGIN:VCARD", b"VERSION:2.1", *agent, b"END:VCARD", b""]
    )


def test_a_soft_break_takes_in_no_line_that_comes_to_stand_behind_it():
    card = card_of(b"X-A;QUOTED-PRINTABLE:a=")

    edited = vcard.edit(card, Contact(note="new"), {"note"})

    assert vcard.contact(reread(edited)).note == "new"
    assert vcard.uid(reread(vcard.with_uid(card, "1"))) == "1"
    assert reread(edited).lines[1].text == "a"


def test_text_of_vcard_21_that_reads_like_the_end_of_a_card_ends_none():
    for length in range(140):  # somewhere in there a soft break stands before the word
        wanted = Contact(note=f"ü{'y' * length}END:VCARD")

        made = vcard.new(wanted, "1", version="2.1")

        assert vcard.contact(reread(made)).note == wanted.note


def test_a_note_that_ends_with_the_word_agent_opens_no_card_within_the_card():
    inside = b"NOTE:our AGENT:\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\n"

    first, second, last = vcard.cards(b"BEGIN:VCARD\n" + inside + b"END:VCARD\n")

    assert (str(first), str(last)) == (
        "Card 1 (at byte 0): The card has no END:VCARD; it may have been cut off.",
        "Card 3 (at byte 57): The card has no BEGIN:VCARD.",
    )
    assert vcard.contact(second) == Contact(display_name="Bob")


@pytest.mark.parametrize("note", ["new", ""])
def test_a_line_that_ends_with_cr_takes_in_no_line_end_that_comes_to_stand_behind_it(note):
    (card,) = vcard.cards(b"BEGIN:VCARD\rX-A:b\rNOTE:a\r\n\n FN:Ada\r\nEND:VCARD\r\n")
    wanted = Contact(note=note)

    edited = vcard.edit(card, wanted, {"note"})

    assert reread(edited) == edited
    assert vcard.contact(edited) == wanted.but(display_name="Ada")


def test_a_version_that_only_showed_is_said_when_an_edit_hides_it():
    card = card_of(b"TEL;WORK:1", b"NOTE:a\\nb")

    edited = vcard.edit(card, Contact(), {"phones"})

    assert (card.version, reread(edited).version) == ("2.1", "2.1")
    assert vcard.contact(reread(edited)).note == "a\\nb"


def test_a_quotation_mark_without_its_mate_takes_in_no_parameter_that_is_added():
    card = card_of(b"VERSION:3.0", b'TEL;X="a:1')
    wanted = Contact(phones=(Phone("1", PhoneKind.WORK, preferred=True),))

    edited = vcard.edit(card, wanted, {"phones"})

    assert vcard.contact(reread(edited)).phones == wanted.phones


def test_a_line_of_base64_takes_in_no_line_that_comes_to_stand_behind_it():
    card = card_of(b"VERSION:2.1", b"PHOTO;BASE64:R0lG", b"NOTE:a", b"ABCD")

    edited = vcard.edit(card, Contact(), {"note"})

    assert reread(edited) == edited
    assert edited.lines[2].raw == b"PHOTO;BASE64:R0lG\r\n"


def test_a_beginning_of_something_else_opens_no_card_within_a_card():
    agent = (b"AGENT:", b"BEGIN:VCARD", b"BEGIN:OTHER", b"FN:Bob", b"END:VCARD")
    card = card_of(b"VERSION:2.1", *agent, b"FN:Ada")

    assert vcard.contact(card) == Contact(display_name="Ada")


def test_a_label_is_no_longer_than_labels_are_and_stays_whole_in_its_card():
    card = card_of(b"a.EMAIL:ada@example.org", b"a.X-ABLabel:" + b"y" * 1000)

    edited = vcard.edit(card, Contact(note="new"), {"note"})

    assert vcard.contact(card).emails == (Email("ada@example.org", label="y" * LONGEST_LABEL),)
    assert b"y" * 1000 in bytes(edited)


def test_a_long_surname_does_not_stand_whole_in_the_key_of_every_number():
    person = Contact(surname="y" * 1000, phones=(Phone("+491", PhoneKind.MOBILE),))

    assert {key.value for key in keys_of(person)} == {"+491 " + "y" * LONGEST_SURNAME}
