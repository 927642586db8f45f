"""Edits laid over a card: what is touched, and what is left alone."""

from base64 import b64encode
from calendar import monthrange
from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinbook.formats import vcard
from twinbook.formats.vcard import Card, contact, edit, new, photo, refused_photos, uid, with_uid
from twinbook.formats.vcard.lines import FOLD_AT
from twinbook.formats.vcard.mapping import LENSES
from twinbook.model.contact import Address, Contact, Day, Email, Kind, Messenger, Phone, PhoneKind
from twinbook.model.shape import ALL_FIELDS
from twinbook.testing import strategies

VERSIONS = pytest.mark.parametrize("version", ["2.1", "3.0", "4.0"])


def card(*lines: str, version: str = "3.0") -> Card:
    body = "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))
    [found] = vcard.cards(body.encode())
    assert isinstance(found, Card)
    return found


def lines(made: Card) -> list[str]:
    """The lines between the version and the end."""
    return bytes(made).decode().split("\r\n")[2:-2]


def test_every_field_of_a_contact_has_its_place_in_a_card():
    assert LENSES.keys() | {"display_name", "photo"} == ALL_FIELDS


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ada Lovelace", "Ada King"),
        ("Lovelace\\, Ada", "King\\, Ada"),
        ("LOVELACE,  ada", "King\\, Ada"),
        ("Lovelace Ada", "King Ada"),
        ("Lady Ada Lovelace", "Lady Ada King"),
        ("", "Lady Ada King"),
        ("The Countess", "The Countess"),
    ],
)
def test_the_full_name_follows_the_parts_in_its_own_style(before, after):
    old = card("N:Lovelace;Ada;;Lady;", f"FN:{before}")

    edited = edit(old, contact(old).but(surname="King"), {"surname"})

    assert lines(edited) == ["N:King;Ada;;Lady;", f"FN:{after}"]


@pytest.mark.parametrize(
    ("found", "display_name"),
    [
        (["FN:Ada Lovelace"], "Ada Lovelace"),
        (["FN:Acme", "ORG:Acme"], ""),
        (["FN:ada@example.org", "EMAIL:ada@example.org"], ""),
        (["N:山田;太郎;;;", "FN:山田太郎"], ""),
        (["N:Nagy;Ágnes;;;", "FN:Nagy Ágnes"], ""),
        (["N:Lovelace;Ada;;;", "FN:Ada"], "Ada"),
        (["N:Lovelace;Ada;;;"], ""),
    ],
)
def test_a_full_name_is_told_only_where_it_does_not_follow(found, display_name):
    assert contact(card(*found)).display_name == display_name


@VERSIONS
def test_a_contact_without_any_name_is_called_by_what_it_has(version):
    made = new(Contact(emails=(Email("ada@example.org"),)), "1", version=version)

    assert "FN:ada@example.org" in lines(made)
    assert contact(made).display_name == ""


def test_a_second_organisation_is_not_mixed_with_the_first():
    old = card("ORG:Acme;", "ORG:Other;Sales")

    assert (contact(old).company, contact(old).department) == ("Acme", "")
    assert lines(edit(old, Contact(), {"company"})) == ["ORG:;", "ORG:Other;Sales"]


# ---------------------------------------------------------------- elements


PHONES = st.lists(strategies.phones(), min_size=1, max_size=6).map(LENSES["phones"].normal)


@given(PHONES.filter(bool), st.data(), st.sampled_from(["2.1", "3.0", "4.0"]))
def test_one_edited_element_changes_one_line(phones, data, version):
    at = data.draw(st.integers(0, len(phones) - 1))
    old = new(Contact(given="Ada", phones=phones), "1", version=version)
    edited = (*phones[:at], replace(phones[at], value="+1 999"), *phones[at + 1 :])

    made = edit(old, Contact(phones=edited), {"phones"})

    assert sum(one != other for one, other in zip(old.lines, made.lines, strict=True)) <= 1


def test_a_changed_number_keeps_group_place_and_foreign_parameters():
    old = card(
        "item1.TEL;type=CELL;X-FOO=bar;type=pref:+1 555 0100",
        "item1.X-ABLabel:Boat",
        "TEL;X-EVOLUTION-E164=1:+1",
    )
    phones = contact(old).phones

    edited = edit(
        old,
        Contact(phones=(Phone("+1 555 0199", phones[0].kind, True, "Boat"), Phone("+2"))),
        {"phones"},
    )

    assert lines(edited) == [
        "item1.TEL;type=CELL;X-FOO=bar;type=pref:+1 555 0199",
        "item1.X-ABLabel:Boat",
        "TEL:+2",
    ]


def test_a_removed_number_takes_its_label_with_it():
    old = card("item1.TEL:1", "item1.X-ABLabel:Boat", "item1.X-ABADR:de", "TEL:2")

    edited = edit(old, Contact(phones=(Phone("2"),)), {"phones"})

    assert lines(edited) == ["TEL:2"]


def test_a_label_that_two_lines_share_stays_for_the_other():
    old = card("home.TEL:1", "home.EMAIL:a@example.org", "home.X-ABLabel:Cabin")

    edited = edit(old, Contact(phones=()), {"phones"})

    assert lines(edited) == ["home.EMAIL:a@example.org", "home.X-ABLabel:Cabin"]


def test_a_new_number_stands_behind_its_kin():
    old = card("TEL:1", "X-LAST:x")

    edited = edit(old, Contact(phones=(Phone("1"), Phone("2", PhoneKind.WORK))), {"phones"})

    assert lines(edited) == ["TEL:1", "TEL;TYPE=WORK,VOICE:2", "X-LAST:x"]


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("2.1", "TEL;WORK;VOICE;PREF:1"),
        ("3.0", "TEL;TYPE=WORK,VOICE;TYPE=PREF:1"),
        ("4.0", "TEL;TYPE=work,voice;PREF=1:1"),
    ],
)
def test_each_version_is_written_in_its_own_way(version, line):
    made = new(Contact(phones=(Phone("1", PhoneKind.WORK, preferred=True),)), "1", version=version)

    assert line in lines(made)


def test_apple_s_repetition_of_a_messenger_follows_it():
    old = card("IMPP;X-SERVICE-TYPE=Skype:skype:ada", "X-SKYPE:ada")

    edited = edit(old, Contact(messengers=(Messenger("countess", "skype"),)), {"messengers"})

    assert lines(edited) == ["IMPP;X-SERVICE-TYPE=Skype:skype:countess", "X-SKYPE:countess"]


def test_a_messenger_moves_with_all_lines_that_say_it():
    old = card("IMPP:skype:ada", "X-SKYPE:ada", "IMPP:aim:ada", "X-AIM:ada")
    skype, aim = contact(old).messengers

    edited = edit(old, Contact(messengers=(aim, skype)), {"messengers"})

    assert lines(edited) == ["IMPP:aim:ada", "IMPP:skype:ada", "X-SKYPE:ada", "X-AIM:ada"]


def test_only_the_changed_component_of_an_address_is_written():
    old = card("ADR;TYPE=WORK;X-A=b:;;Main St.,Suite 5;London;;W1;UK;;more")
    [address] = contact(old).addresses

    moved = Address(Kind.WORK, address.street, city="Leeds", postal_code="LS1", country="UK")
    edited = edit(old, Contact(addresses=(moved,)), {"addresses"})

    assert lines(edited) == ["ADR;TYPE=WORK;X-A=b:;;Main St.,Suite 5;Leeds;;LS1;UK;;more"]


def test_a_delivery_label_goes_with_the_address_it_repeats():
    old = card("ADR;TYPE=WORK:;;A;;;;", "LABEL;TYPE=WORK:A", "LABEL;TYPE=HOME:B")

    edited = edit(old, Contact(addresses=(Address(Kind.WORK, "C"),)), {"addresses"})

    assert lines(edited) == ["ADR;TYPE=WORK:;;C;;;;", "LABEL;TYPE=HOME:B"]


def test_only_the_named_word_of_a_list_is_touched():
    old = card("CATEGORIES:a\\,b,  c ,d", "CATEGORIES:e")

    edited = edit(old, Contact(categories=("a,b", "d", "e", "new, too")), {"categories"})

    assert lines(edited) == ["CATEGORIES:a\\,b,d", "CATEGORIES:e,new\\, too"]


@VERSIONS
def test_a_stray_backslash_does_not_swallow_the_component_behind_it(version):
    old = card("N:\\", "CATEGORIES:\\", version=version)

    edited = contact(
        edit(old, Contact(given="Ada", categories=("\\", "x")), {"given", "categories"})
    )

    assert (edited.surname, edited.given, set(edited.categories)) == ("\\", "Ada", {"\\", "x"})


def test_a_cleared_field_does_not_show_through_in_another_spelling():
    old = card("X-SPOUSE:Bob", "X-EVOLUTION-SPOUSE:Robert", "X-SPOUSE:Bobby")

    assert lines(edit(old, Contact(), {"spouse"})) == []


def test_all_spellings_of_one_value_change_together():
    old = card("X-ANNIVERSARY:2010-05-01", "X-EVOLUTION-ANNIVERSARY:2010-05-01")

    edited = edit(old, Contact(anniversary=Day(5, 2, 2010)), {"anniversary"})

    assert lines(edited) == ["X-ANNIVERSARY:2010-05-02", "X-EVOLUTION-ANNIVERSARY:2010-05-02"]


# ---------------------------------------------------------------- dates


@VERSIONS
@pytest.mark.parametrize("year", [None, 1604, 1969, 2000])
def test_a_date_is_the_same_day_after_fifty_journeys(version, year):
    days = [
        Day(month, day, year)
        for month in range(1, 13)
        for day in range(1, monthrange(year or 2000, month)[1] + 1)
    ]
    for wanted in days:
        made = new(Contact(), "1", version=version)
        for _ in range(50 if wanted.day == 29 else 2):
            made = edit(made, Contact(birthday=None), {"birthday"})
            made = edit(made, Contact(birthday=wanted), {"birthday"})
            [made] = vcard.cards(bytes(made))
        assert contact(made).birthday == wanted


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("BDAY:1969-07-22", Day(7, 22, 1969)),
        ("BDAY:19690722T235900-1200", Day(7, 22, 1969)),
        ("BDAY:1969-07-22T23:59:00+14:00", Day(7, 22, 1969)),
        ("BDAY:1969-07-22T00:00:00Z", Day(7, 22, 1969)),
        ("BDAY:--0722", Day(7, 22)),
        ("BDAY:1969-07", None),
        ("BDAY:1969", None),
        ("BDAY;VALUE=text:in summer", None),
        ("BDAY:1969-02-30", None),
    ],
)
def test_a_date_is_read_without_regard_to_any_time(line, day):
    assert contact(card(line)).birthday == day


def test_apple_s_year_goes_when_a_real_one_comes():
    old = card("BDAY;X-APPLE-OMIT-YEAR=1604:1604-07-22")

    edited = edit(old, Contact(birthday=Day(7, 22, 1969)), {"birthday"})

    assert lines(edited) == ["BDAY:1969-07-22"]


# ---------------------------------------------------------------- text on the wire


@given(strategies.contacts(without=["photo"]), st.sampled_from(["2.1", "3.0", "4.0"]))
def test_no_line_of_a_new_card_is_too_long_or_cut_inside_a_character(person, version):
    made = bytes(new(person, "1", version=version))

    for physical in made.split(b"\r\n"):
        physical.decode()
        assert version == "2.1" or len(physical) <= FOLD_AT


def test_text_of_vcard_21_travels_in_quoted_printable():
    made = edit(card(version="2.1"), Contact(note="Grüße\nEnde "), {"note"})

    assert lines(made) == [
        "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gr=C3=BC=C3=9Fe=0D=0AEnde=20"
    ]


def test_a_file_of_windows_1252_stays_one():
    [old] = vcard.cards("BEGIN:VCARD\nVERSION:3.0\nFN:Zoë\nEND:VCARD\n".encode("cp1252"))

    edited = bytes(edit(old, Contact(job_title="Präsidentin"), {"job_title"}))

    assert edited.decode("cp1252").splitlines()[3] == "TITLE:Präsidentin"


def test_what_windows_1252_can_not_hold_is_written_so_that_it_can_be_read():
    [old] = vcard.cards("BEGIN:VCARD\nVERSION:3.0\nFN:Zoë\nEND:VCARD\n".encode("cp1252"))

    for title in ("Ольга", "Ã©", "ï»¿"):
        assert contact(edit(old, Contact(job_title=title), {"job_title"})).job_title == title


# ---------------------------------------------------------------- photos and identity


def png(width: int, height: int) -> bytes:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    about = b"IHDR" + size + b"\x08\x02\x00\x00\x00"
    data = b"\x00\x00\x00\x00IDAT" + crc32(b"IDAT").to_bytes(4, "big")
    return head + about + crc32(about).to_bytes(4, "big") + data


@VERSIONS
def test_a_photo_that_is_a_bomb_is_refused_and_stays_in_its_card(version):
    bomb = b64encode(png(50_000, 50_000)).decode()
    old = card(f"PHOTO;ENCODING=b;TYPE=PNG:{bomb}", version=version)

    assert contact(old).photo is None
    assert photo(old) is None
    assert refused_photos(old) == ("The photo has more than 50 million pixels; it is left out.",)
    assert edit(old, Contact(), ALL_FIELDS) == old


def test_a_photo_that_is_far_too_large_is_refused():
    old = card("PHOTO;ENCODING=b;TYPE=PNG:" + "A" * (14 << 20))

    assert contact(old).photo is None
    assert refused_photos(old) == ("The photo is larger than 10 MB; it is left out.",)


def test_a_link_to_a_photo_is_no_photo_and_stays():
    old = card("PHOTO;VALUE=uri:https://example.org/ada.jpg")

    assert contact(old).photo is None
    assert edit(old, Contact(), ALL_FIELDS) == old


@VERSIONS
def test_a_card_gets_a_uid_where_it_has_none(version):
    assert uid(with_uid(card(version=version), "urn:uuid:1")) == "urn:uuid:1"


# ---------------------------------------------------------------- corners


def test_a_label_of_its_own_takes_a_number_out_of_a_shared_group():
    old = card("home.TEL:1", "home.EMAIL:a@example.org", "home.X-ABLabel:Cabin")

    plain = edit(old, Contact(phones=(Phone("1"),)), {"phones"})
    boat = edit(old, Contact(phones=(Phone("1", label="Boat"),)), {"phones"})

    rest = ["home.EMAIL:a@example.org", "home.X-ABLabel:Cabin"]
    assert lines(plain) == ["TEL:1", *rest]
    assert lines(boat) == ["item1.TEL:1", "item1.X-ABLabel:Boat", *rest]


def test_elements_take_the_order_of_the_contact():
    old = card("TEL:1", "X-BETWEEN:x", "TEL:2", "TEL:3")

    edited = edit(old, Contact(phones=(Phone("3"), Phone("1"), Phone("2"))), {"phones"})

    assert lines(edited) == ["X-BETWEEN:x", "TEL:3", "TEL:1", "TEL:2"]


def test_a_number_that_is_preferred_already_stays_so_in_its_own_way():
    old = card("TEL;PREF=1:1", "TEL;TYPE=pref:2", version="4.0")
    phones = tuple(replace(one, kind=PhoneKind.MOBILE) for one in contact(old).phones)

    edited = edit(old, Contact(phones=phones), {"phones"})

    assert lines(edited) == ["TEL;PREF=1;TYPE=cell:1", "TEL;TYPE=cell;TYPE=pref:2"]


@pytest.mark.parametrize(
    ("line", "media_type"),
    [
        ("PHOTO;ENCODING=b;TYPE=JPG:", "image/jpeg"),
        ("PHOTO;ENCODING=b;TYPE=HEIC:", "image/heic"),
        ("PHOTO;ENCODING=b;TYPE=image/png:", "image/png"),
        ("PHOTO;ENCODING=b:", "image/gif"),
        ("PHOTO:data:image/PNG;base64,", "image/png"),
        ("PHOTO:data:image/png\\;base64\\,", "image/png"),
        ("PHOTO:data:image/svg+xml,", None),
    ],
)
def test_the_type_of_a_photo_is_what_its_card_says_or_what_it_looks_like(line, media_type):
    found = contact(card(line + b64encode(strategies.PIXEL).decode())).photo

    assert (found.media_type if found else None) == media_type


def test_a_photo_whose_header_is_damaged_or_unknown_is_a_photo_by_its_bytes():
    for body in (b"\x89PNG\r\n\x1a\nrest", b"unknown"):
        old = card("PHOTO;ENCODING=b:" + b64encode(body).decode())

        assert photo(old) == body


def test_a_photo_that_is_not_spoken_of_stays():
    old = card(
        "N:King;Ada", "FN:Ada King", "PHOTO;ENCODING=b:" + b64encode(strategies.PIXEL).decode()
    )

    assert photo(edit(old, Contact(given="Augusta"), {"given"})) == strategies.PIXEL


def test_taking_the_photo_off_leaves_those_that_nobody_was_shown():
    link = "PHOTO;VALUE=uri:https://example.org/ada.jpg"
    old = card(link, "PHOTO;ENCODING=b:" + b64encode(strategies.PIXEL).decode())

    assert lines(edit(old, Contact(), {"photo"})) == [link]


def test_damaged_base64_is_no_photo_and_stays():
    old = card("PHOTO;ENCODING=b:A")

    assert contact(old).photo is None
    assert edit(old, Contact(), ALL_FIELDS) == old


def test_a_date_that_was_a_text_becomes_a_date():
    old = card("BDAY;VALUE=text:in summer")

    assert lines(edit(old, Contact(birthday=Day(7, 22, 1969)), {"birthday"})) == ["BDAY:1969-07-22"]


@pytest.mark.parametrize("day", [Day(13, 1), Day(2, 30), Day(1, 1, 0), Day(1, 1, 10_000)])
def test_a_date_that_no_calendar_has_is_not_written(day):
    assert lines(edit(card(), Contact(birthday=day), {"birthday"})) == []


def test_a_card_of_utf16_is_edited_in_utf16():
    data = "\ufeffBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë\r\nEND:VCARD\r\n".encode("utf-16-le")
    [old] = vcard.cards(data)

    edited = bytes(edit(old, Contact(job_title="Größe"), {"job_title"}))

    assert edited == data.decode("utf-16-le").replace(
        "END", "TITLE:Größe\r\nEND").encode("utf-16-le")  # fmt: skip


def test_bytes_that_no_western_character_has_are_still_read():
    [old] = vcard.cards(b"BEGIN:VCARD\nVERSION:3.0\nFN:\x81\xfc\nTITLE:\xfc\nEND:VCARD\n")

    assert (contact(old).name, contact(old).job_title) == ("ü", "ü")


def test_a_version_nobody_knows_is_read_as_the_nearest():
    [old] = vcard.cards(b"BEGIN:VCARD\nVERSION:5.0\nFN:Ada\nEND:VCARD\n")

    assert (old.version, contact(old).name) == ("3.0", "Ada")
