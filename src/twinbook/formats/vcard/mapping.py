"""Which property of a card holds which field of a contact: one table.

Reading, writing and the tests follow from it. Which program writes which spelling, and
since when that is known, is said in docs/replicas/vcard.md.
"""

from collections.abc import Mapping
from typing import Any

from twinbook.formats.vcard import places, quirks
from twinbook.formats.vcard.card import Card, View, view
from twinbook.formats.vcard.days import valid
from twinbook.formats.vcard.elements import Elements, Pages
from twinbook.formats.vcard.names import style_of
from twinbook.formats.vcard.picture import photo_of, photos, refusals
from twinbook.formats.vcard.places import (
    AndroidDate,
    Date,
    GenderCode,
    GenderWord,
    Parameter,
    Part,
    Place,
    Prose,
    Relation,
)
from twinbook.formats.vcard.single import Lens, List, Single, Words
from twinbook.formats.vcard.special import Addresses, Messengers
from twinbook.formats.vcard.text import clean, split, tidy
from twinbook.model.contact import (
    Address,
    Contact,
    Email,
    Messenger,
    Phone,
    Photo,
    WebPage,
)

VERSIONS = ("2.1", "3.0", "4.0")


def _always(place: Place) -> Mapping[str, Place]:
    return dict.fromkeys(VERSIONS, place)


def _text(*spellings: str) -> Single:
    """A field that is one property, the first of these names when it is new."""
    found = tuple(Place(name=name) for name in spellings)
    return Single(found, _always(found[0]))


def _name(part: int, joiner: str) -> Single:
    place = Part(name="N", part=part, joiner=joiner, unless="PHONETIC", keep=True, width=5)
    return Single((place,), _always(place))


def _phonetic(name: str, part: int) -> Single:
    own = Place(name=name)
    # Japanese phones of vCard 2.1 give the reading of a name as its sound.
    sound = Part(name="SOUND", types=frozenset({"X-IRMC-N"}), part=part)
    return Single((own, sound), _always(own))


def _android(about: str, kind: str, part: int = 1) -> Part:
    return Part(name="X-ANDROID-CUSTOM", part=part, where={0: about, 2: kind})


def _apple(word: str, *others: str) -> Place:
    labels = frozenset({word.lower(), *others})
    return Place(name="X-ABRELATEDNAMES", labels=labels, label=word)


def _related(kind: str) -> Relation:
    head = f"RELATED;TYPE={kind};VALUE=text"
    return Relation(name="RELATED", types=frozenset({kind.upper()}), head=head)


def _person(kind: str, android: str, *spellings: str) -> Single:
    """A field that names another person. vCard 4.0 has words for few relations."""
    apple = _apple(kind.capitalize())
    others = tuple(Place(name=name) for name in spellings)
    related = _related(kind)
    new = related if kind == "spouse" else others[0]
    found = (related, apple, *others, _android(quirks.ANDROID_RELATION, android))
    return Single(found, {"2.1": apple, "3.0": apple, "4.0": new})


def _day(*spellings: str, android: str, label: str = "") -> Single:
    own = tuple(Date(name=name) for name in spellings)
    event = AndroidDate(
        name="X-ANDROID-CUSTOM", part=1, where={0: quirks.ANDROID_EVENT, 2: android}
    )
    apple = Date(name="X-ABDATE", labels=frozenset({label.lower()}), label=label)
    new = dict(_always(own[0])) | ({"2.1": own[1], "3.0": apple} if label else {})
    return Single((*own, *((apple,) if label else ()), event), new, normal=valid, blank=None)


FULL_NAME = Single((Place(name="FN", keep=True),), _always(Place(name="FN", keep=True)))
_NICKNAME = Place(name="NICKNAME", joiner=", ")
_COMPANY = Part(name="ORG", part=0)
_DEPARTMENT = Part(name="ORG", part=1, rest=True)
_FILE_AS = (
    Place(name="SORT-STRING"),
    Parameter(name="N", parameter="SORT-AS"),
    Place(name="X-EVOLUTION-FILE-AS"),
)
_NOTE = Prose(name="NOTE")
_GENDER_CODE, _GENDER_WORD = GenderCode(name="GENDER"), GenderWord(name="X-GENDER")
_CHILD = (
    _related("child"),
    _apple("Child", "son", "daughter"),
    _android(quirks.ANDROID_RELATION, "3"),
)
_HOBBIES = (Place(name="HOBBY"), Place(name="X-HOBBY"), Place(name="X-MS-INTERESTS"))


def _prose(text: str) -> str:
    text = tidy(text)
    return text if text.strip() else ""


def _gender(text: str) -> str:
    return places.gender(clean(text))


#: Every field but display_name, which follows from others (`names`), and photo (`picture`).
LENSES: Mapping[str, Lens] = {
    "prefix": _name(3, " "),
    "given": _name(1, " "),
    "middle": _name(2, " "),
    "surname": _name(0, " "),
    "suffix": _name(4, ", "),
    "file_as": Single(_FILE_AS, {"2.1": _FILE_AS[0], "3.0": _FILE_AS[0], "4.0": _FILE_AS[1]}),
    "nickname": Single(
        (_NICKNAME, Place(name="X-NICKNAME"), _android(quirks.ANDROID_NICKNAME, "1")),
        _always(_NICKNAME),
    ),
    "initials": _text("X-INITIALS"),
    "phonetic_given": _phonetic("X-PHONETIC-FIRST-NAME", 1),
    "phonetic_middle": _phonetic("X-PHONETIC-MIDDLE-NAME", 2),
    "phonetic_surname": _phonetic("X-PHONETIC-LAST-NAME", 0),
    "company": Single((_COMPANY,), _always(_COMPANY)),
    "phonetic_company": _text("X-PHONETIC-ORG"),
    "department": Single((_DEPARTMENT,), _always(_DEPARTMENT)),
    "job_title": _text("TITLE"),
    "profession": _text("ROLE", "X-KADDRESSBOOK-X-PROFESSION", "X-PROFESSION"),
    "office": _text("X-OFFICE", "X-KADDRESSBOOK-X-OFFICE", "X-MS-OFFICE"),
    "manager": _person(
        "manager", "7", "X-MANAGER", "X-MS-MANAGER", "X-EVOLUTION-MANAGER",
        "X-KADDRESSBOOK-X-MANAGERSNAME",
    ),
    "assistant": _person(
        "assistant", "1", "X-ASSISTANT", "X-MS-ASSISTANT", "X-EVOLUTION-ASSISTANT",
        "X-KADDRESSBOOK-X-ASSISTANTSNAME",
    ),
    "employee_id": _text("X-EMPLOYEE-ID"),
    "customer_id": _text("X-CUSTOMER-ID"),
    "government_id": _text("X-GOVERNMENT-ID"),
    "emails": Elements(frozenset({"EMAIL"}), "EMAIL", quirks.PLACES, Email),
    "phones": Elements(frozenset({"TEL", "X-MS-TEL"}), "TEL", quirks.PHONES, Phone),
    "addresses": Addresses(frozenset({"ADR"}), "ADR", quirks.PLACES, Address),
    "web_pages": Pages(frozenset({"URL"}), "URL", quirks.PAGES, WebPage),
    "messengers": Messengers(
        frozenset({"IMPP", *quirks.MESSENGERS}), "IMPP", quirks.PLACES, Messenger
    ),
    "birthday": _day("BDAY", "X-EVOLUTION-BIRTHDAY", android="3"),
    "anniversary": _day(
        "ANNIVERSARY", "X-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY",
        "X-KADDRESSBOOK-X-ANNIVERSARY", android="1", label="Anniversary",
    ),
    "gender": Single(
        (_GENDER_CODE, _GENDER_WORD),
        {"2.1": _GENDER_WORD, "3.0": _GENDER_WORD, "4.0": _GENDER_CODE},
        normal=_gender,
    ),
    "spouse": _person(
        "spouse", "14", "X-SPOUSE", "X-MS-SPOUSE", "X-EVOLUTION-SPOUSE",
        "X-KADDRESSBOOK-X-SPOUSESNAME",
    ),
    "children": Words(_CHILD, {"2.1": _CHILD[1], "3.0": _CHILD[1], "4.0": _CHILD[0]}),
    "hobbies": Words(_HOBBIES, _always(_HOBBIES[0])),
    "language": _text("LANG", "X-LANGUAGE"),
    "categories": List("CATEGORIES"),
    "note": Single((_NOTE,), _always(_NOTE), normal=_prose),
}  # fmt: skip


def _by_property() -> Mapping[str, tuple[str, ...]]:
    names = {name for lens in LENSES.values() for name in lens.names}
    return {
        name: tuple(field for field, lens in LENSES.items() if name in lens.names) for name in names
    }


_FIELDS_OF = _by_property()


def _structures() -> Mapping[str, Mapping[str, Part]]:
    """The properties whose components are fields of their own, read in one go: N and ORG."""
    found: dict[str, dict[str, Part]] = {}
    for field, lens in LENSES.items():
        place = lens.places[0] if isinstance(lens, Single) else None
        if isinstance(place, Part) and lens.names == {place.name}:
            found.setdefault(place.name, {})[field] = place
    return found


_STRUCTURES = _structures()


def contact(card: Card) -> Contact:
    """The person that a card describes."""
    return contact_of(view(card))


def contact_of(seen: View) -> Contact:
    """The person that a card describes, from its lines by name."""
    values: dict[str, Any] = {}
    for name in seen.named:
        if name in _STRUCTURES:
            values |= _components(seen, _STRUCTURES[name])
        for field in _FIELDS_OF.get(name, ()):
            if field not in values:
                values[field] = LENSES[field].read(seen)
    if "PHOTO" in seen.named:
        values["photo"] = _photo(seen)
    person = Contact(**values)
    full_name = FULL_NAME.read(seen)
    if style_of(full_name, person) is None:
        return Contact(**values, display_name=full_name)
    return person


def _components(seen: View, places: Mapping[str, Part]) -> dict[str, str]:
    card = seen.card
    for number in next(iter(places.values())).positions(seen):
        parts = split(card.lines[number].text, ";", old=card.old)
        return {field: place.among(card, parts) for field, place in places.items()}
    return {}


def _photo(seen: View) -> Photo | None:
    for _, body, media_type in photos(seen):
        return photo_of(body, media_type)
    return None


def photo(card: Card) -> bytes | None:
    """The bytes of the photo that `contact` names, None if there is none."""
    return next((body for _, body, _ in photos(view(card))), None)


def refused_photos(card: Card) -> tuple[str, ...]:
    """Why photos of the card are left out, in sentences; they stay in the card."""
    return tuple(refusals(view(card)))


def uid(card: Card) -> str:
    """The card's UID as it stands there, "" if it has none."""
    return str(UID.read(view(card)))


UID = _text("UID")


def normal(person: Contact) -> Contact:
    """The contact as a vCard gives it back: all that a card can't hold is taken out.

    Text is composed (NFC), its line ends are LF, its control characters and outer blanks
    are dropped (in a note, blanks stay). Values that are empty then are dropped. Words
    lose repetitions, messengers repeated accounts, dates what no calendar has; a gender
    that has a code is the word for it, a messenger's service one name. A full name that
    follows from other fields is dropped.
    """
    values = {name: lens.normal(getattr(person, name)) for name, lens in LENSES.items()}
    full_name = clean(person.display_name)
    made = person.but(**values, display_name="")
    return made if style_of(full_name, made) else made.but(display_name=full_name)
