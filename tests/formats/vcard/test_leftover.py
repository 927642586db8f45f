"""What no field holds stays beside a contact, and comes back when it is exported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinbook.formats import vcard
from twinbook.testing.strategies import contacts

APPLE = b"""BEGIN:VCARD\r
VERSION:3.0\r
PRODID:-//Apple Inc.//iPhone OS 18//EN\r
UID:1\r
N:Berg;Ada;;;\r
FN:Ada Berg\r
item1.EMAIL:ada@example.org\r
item1.X-ABLabel:_$!<Work>!$_\r
item2.X-SHOE-SIZE:41\r
item2.X-ABLabel:of a shoe\r
X-RINGTONE;VALUE=uri:file:///bell.m4r\r
END:VCARD\r
"""
OLD = b"""BEGIN:VCARD\r
VERSION:2.1\r
N:Berg;Ada\r
X-MOTTO;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:a=C3=A4=0D=0Ab\r
X-CLASS;ENCODING=BASE64:\r
 YWRh\r
\r
END:VCARD\r
"""


def card(data):
    (one,) = vcard.cards(data)
    return one


def test_a_leftover_holds_what_no_field_holds_and_nothing_else():
    kept, lost = vcard.leftover(card(APPLE))

    assert kept.splitlines() == [
        b"BEGIN:VCARD",
        b"VERSION:3.0",
        b"item2.X-SHOE-SIZE:41",
        b"item2.X-ABLabel:of a shoe",
        b"X-RINGTONE;VALUE=uri:file:///bell.m4r",
        b"END:VCARD",
    ]
    assert lost == 0


def test_a_card_that_fields_hold_whole_leaves_nothing():
    whole = vcard.new(vcard.contact(card(APPLE)), "1")

    assert vcard.leftover(whole) == (b"", 0)


def test_a_leftover_comes_back_in_a_group_that_nothing_else_uses():
    seen = card(APPLE)
    kept, _ = vcard.leftover(seen)

    back = bytes(vcard.with_leftover(vcard.new(vcard.contact(seen), "1"), kept))

    assert b"item1.X-ABLabel:_$!<Work>!$_" not in back  # a kind now, not a label
    assert b"X-SHOE-SIZE:41\r\n" in back
    assert b"X-RINGTONE;VALUE=uri:file:///bell.m4r\r\n" in back
    assert vcard.leftover(card(back)) == (kept.replace(b"item2", b"item1"), 0)


def test_a_leftover_of_an_old_card_is_written_as_the_new_version_writes_it():
    kept, _ = vcard.leftover(card(OLD))

    back = bytes(vcard.with_leftover(vcard.new(vcard.contact(card(OLD)), "1"), kept))

    assert b"X-MOTTO:a\xc3\xa4\\nb\r\n" in back
    assert b"X-CLASS;ENCODING=b:YWRh" in back


def test_what_is_too_large_is_counted_and_the_rest_is_kept():
    huge = APPLE.replace(b"X-RINGTONE", b"X-BLOB:" + b"7" * 70_000 + b"\r\nX-RINGTONE")

    kept, lost = vcard.leftover(card(huge))

    assert lost == 1
    assert b"X-RINGTONE" in kept
    assert b"X-BLOB" not in kept


def test_cells_of_a_table_are_kept_with_their_headers():
    kept, lost = vcard.of_cells(iter([('Lead "Source": x', "Web, of old\n2"), ("Öde", "ä")]))

    back = card(bytes(vcard.with_leftover(vcard.new(vcard.contact(card(APPLE)), "1"), kept)))
    lines = [one for one in back.lines if one.name == "X-TWINBOOK-COLUMN"]

    assert [one.head.get("NAME") for one in lines] == ['Lead "Source": x', "Öde"]
    assert [one.text for one in lines] == ["Web\\, of old\\n2", "ä"]
    assert lost == 0


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@given(person=contacts(), data=st.sampled_from([APPLE, OLD]))
def test_a_leftover_says_nothing_about_any_field(version, person, data):
    kept, _ = vcard.leftover(card(data))
    plain = vcard.new(person, "1", version=version)

    assert vcard.contact(vcard.with_leftover(plain, kept)) == vcard.contact(plain)
