"""JSContact by the sections of RFC 9553, with what its examples say, typed anew and small.

What a section allows and Twinbook does not hold must be left over as it was.
"""

import json
from base64 import b64encode
from hashlib import sha256

import pytest

from twinbook.formats import jscontact
from twinbook.model.contact import (
    Address,
    Contact,
    Day,
    Email,
    Kind,
    Messenger,
    Phone,
    PhoneKind,
    Photo,
    WebKind,
    WebPage,
)
from twinbook.testing.strategies import PIXEL


def found_in(**properties) -> jscontact.Found:
    card = {"@type": "Card", "version": "1.0", "uid": "1"} | properties
    [found] = jscontact.read(json.dumps(card).encode())
    assert isinstance(found, jscontact.Found), str(found)
    return found


def components(*pairs: str) -> list[dict[str, str]]:
    return [dict(zip(("kind", "value"), pair.split("="), strict=True)) for pair in pairs]


READ = {
    # 2.1.4, 2.1.5, 2.1.7, 2.1.10: what is about the card and not about the person
    "2.1": (
        {"kind": "org", "language": "de-AT", "prodId": "Phonebook v2", "updated": "2022-01-01"},
        Contact(),
        {"kind": "org", "language": "de-AT", "prodId": "Phonebook v2", "updated": "2022-01-01"},
    ),
    "2.1.4 an individual": ({"kind": "individual"}, Contact(), {}),
    "2.1.8 references": (
        {"relatedTo": {
            "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6": {"relation": {"spouse": True}},
            "8cacdfb7-b1ff-4b9b-9e45-c8e3b9e2a1f0": {"relation": {"child": True}},
        }},
        Contact(),
        {"relatedTo": {
            "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6": {"relation": {"spouse": True}},
            "8cacdfb7-b1ff-4b9b-9e45-c8e3b9e2a1f0": {"relation": {"child": True}},
        }},
    ),
    "2.1.8 names": (
        {"relatedTo": {
            "Please contact my assistant Jane Doe": {},
            "William": {"@type": "Relation", "relation": {"spouse": True, "friend": True}},
            "Byron": {"relation": {"child": True}},
            "Anne": {"relation": {"child": True}},
            "Otto": {"relation": {"spouse": True}},
        }},
        Contact(spouse="William", children=("Byron", "Anne")),
        {"relatedTo": {
            "Please contact my assistant Jane Doe": {},
            "William": {"relation": {"friend": True}},
            "Otto": {"relation": {"spouse": True}},
        }},
    ),
    "2.2.1 a name in order": (
        {"name": {
            "components": components("given=Vincent", "surname=van Gogh"), "isOrdered": True,
        }},
        Contact(given="Vincent", surname="van Gogh"),
        {},
    ),
    "2.2.1 two surnames": (
        {"name": {
            "components": components(
                "given=Diego", "surname=Rivera", "separator=-", "surname2=Barrientos"
            ),
            "isOrdered": True,
        }},
        Contact(given="Diego", surname="Rivera-Barrientos"),
        {},
    ),
    "2.2.1 every kind": (
        {"name": {
            "components": components(
                "title=Mr.", "given=John", "given2=Philip", "given2=Paul", "surname=Stevenson",
                "generation=Jr.", "credential=M.D.", "example.com:mood=glad",
            ),
            "full": "Mr. John Philip Paul Stevenson, Jr., M.D.",
        }},
        Contact(
            prefix="Mr.", given="John", middle="Philip Paul", surname="Stevenson",
            suffix="Jr., M.D.",
        ),
        {"name": {"components": components("example.com:mood=glad")}},
    ),
    "2.2.1 only in full": (
        {"name": {"full": "The Countess"}}, Contact(display_name="The Countess"), {},
    ),
    "2.2.1.1 sortAs": (
        {"name": {
            "components": components("given=Robert", "given2=Pau", "surname=Shou Chang"),
            "sortAs": {"surname": "Pau Shou Chang", "given": "Robert"},
        }},
        Contact(
            given="Robert", middle="Pau", surname="Shou Chang", file_as="Pau Shou Chang, Robert"
        ),
        {},
    ),
    "1.5.4 how a name sounds": (
        {"name": {
            "components": [
                {"kind": "given", "value": "John", "phonetic": "/ˈdʒɑːn/"},
                {"kind": "surname", "value": "Smith", "phonetic": "/smɪθ/"},
            ],
            "phoneticSystem": "ipa",
        }},
        Contact(
            given="John", surname="Smith", phonetic_given="/ˈdʒɑːn/", phonetic_surname="/smɪθ/",
        ),
        {"name": {"phoneticSystem": "ipa"}},
    ),
    "2.2.2": ({"nicknames": {"k391": {"name": "Johnny"}}}, Contact(nickname="Johnny"), {}),
    "2.2.3": (
        {"organizations": {
            "o1": {
                "name": "ABC, Inc.", "sortAs": "ABC",
                "units": [{"name": "North American Division"}, {"name": "Marketing"}],
            },
            "o2": {"name": "Another"},
        }},
        Contact(company="ABC, Inc.", department="North American Division, Marketing"),
        {"organizations": {"o1": {"sortAs": "ABC"}, "o2": {"name": "Another"}}},
    ),
    "2.2.4": (
        {"speakToAs": {"grammaticalGender": "neuter", "pronouns": {"k19": {"pronouns": "they"}}}},
        Contact(),
        {"speakToAs": {"grammaticalGender": "neuter", "pronouns": {"k19": {"pronouns": "they"}}}},
    ),
    "2.2.5": (
        {"titles": {
            "le9": {"kind": "title", "name": "Research Scientist"},
            "k2": {"kind": "role", "name": "Project Leader", "organizationId": "o2"},
            "k3": {"name": "Dean"},
        }},
        Contact(job_title="Research Scientist", profession="Project Leader"),
        {"titles": {"k3": {"name": "Dean"}}},
    ),
    "2.3.1": (
        {"emails": {
            "e1": {"contexts": {"work": True}, "address": "jqpublic@xyz.example.com"},
            "e2": {"address": "jane_doe@example.com", "pref": 1},
            "e3": {"address": "old@example.com", "pref": 100, "contexts": {"private": True}},
        }},
        Contact(emails=(
            Email("jqpublic@xyz.example.com", Kind.WORK),
            Email("jane_doe@example.com", preferred=True),
            Email("old@example.com", Kind.HOME),
        )),
        {"emails": {"e3": {"pref": 100}}},
    ),
    "2.3.2": (
        {"onlineServices": {
            "x1": {"uri": "xmpp:alice@example.com"},
            "x2": {"service": "Mastodon", "user": "@alice@example2.com",
                   "uri": "https://example2.com/@alice"},
            "x3": {"service": "Git", "uri": "https://example.org/alice"},
        }},
        Contact(messengers=(
            Messenger("alice@example.com", "jabber"),
            Messenger("@alice@example2.com", "mastodon"),
            Messenger("https://example.org/alice", "git"),
        )),
        {"onlineServices": {"x2": {"uri": "https://example2.com/@alice"}}},
    ),
    "2.3.3": (
        {"phones": {
            "tel0": {
                "contexts": {"private": True}, "features": {"voice": True},
                "number": "tel:+1-555-555-5555;ext=5555", "pref": 1,
            },
            "tel3": {"contexts": {"work": True}, "number": "tel:+1-201-555-0123"},
            "tel4": {"contexts": {"work": True}, "features": {"mobile": True, "text": True},
                     "number": "+1 9"},
            "tel5": {"features": {"fax": True}, "contexts": {"work": True}, "number": "+1 8"},
        }},
        Contact(phones=(
            Phone("+1-555-555-5555;ext=5555", PhoneKind.HOME, preferred=True),
            Phone("+1-201-555-0123", PhoneKind.WORK),
            Phone("+1 9", PhoneKind.MOBILE),
            Phone("+1 8", PhoneKind.WORK_FAX),
        )),
        {"phones": {"tel4": {"contexts": {"work": True}, "features": {"text": True}}}},
    ),
    "2.3.4": (
        {"preferredLanguages": {
            "l1": {"language": "en", "contexts": {"work": True}, "pref": 2},
            "l2": {"language": "fr", "contexts": {"work": True}, "pref": 1},
        }},
        Contact(language="fr"),
        {"preferredLanguages": {
            "l1": {"language": "en", "contexts": {"work": True}, "pref": 2},
            "l2": {"contexts": {"work": True}, "pref": 1},
        }},
    ),
    "2.5.1": (
        {"addresses": {"k23": {
            "contexts": {"work": True},
            "components": components(
                "number=54321", "separator= ", "name=Oak St", "locality=Reston", "region=VA",
                "separator= ", "postcode=20190", "country=USA",
            ),
            "countryCode": "US", "defaultSeparator": ", ", "isOrdered": True,
            "coordinates": "geo:46.77,23.59",
        }}},
        Contact(addresses=(Address(
            Kind.WORK, street="54321 Oak St", city="Reston", region="VA", postal_code="20190",
            country="USA",
        ),)),
        {"addresses": {"k23": {"countryCode": "US", "coordinates": "geo:46.77,23.59"}}},
    ),
    "2.5.1 only in full": (
        {"addresses": {"a": {"full": "Elm Road 1\nLondon", "countryCode": "GB"}}},
        Contact(addresses=(Address(street="Elm Road 1\nLondon", country="GB"),)),
        {},
    ),
    "2.6.3": (
        {"links": {
            "l1": {"uri": "https://example.org", "label": "Home page"},
            "l2": {"kind": "contact", "uri": "mailto:contact@example.com", "pref": 1},
        }},
        Contact(web_pages=(
            WebPage("https://example.org", label="Home page"),
            WebPage("mailto:contact@example.com", WebKind.OTHER, preferred=True),
        )),
        {"links": {"l2": {"kind": "contact"}}},
    ),
    "2.6.4 a link is no photo": (
        {"media": {"m": {"kind": "photo", "uri": "https://www.example.com/jqpublic.gif"}}},
        Contact(),
        {"media": {"m": {"kind": "photo", "uri": "https://www.example.com/jqpublic.gif"}}},
    ),
    "2.7.1": (
        {"localizations": {"jp": {"name/full": "山田"}}},
        Contact(),
        {"localizations": {"jp": {"name/full": "山田"}}},
    ),
    "2.8.1": (
        {"anniversaries": {
            "k8": {"kind": "birth", "date": {"year": 1953, "month": 4, "day": 15}},
            "k9": {"kind": "death", "date": {"@type": "Timestamp", "utc": "2019-10-15T23:10:00Z"},
                   "place": {"full": "4445 Tree Street"}},
            "k10": {"kind": "wedding",
                    "date": {"@type": "Timestamp", "utc": "1975-10-15T23:10:00Z"}},
        }},
        Contact(birthday=Day(4, 15, 1953), anniversary=Day(10, 15, 1975)),
        {"anniversaries": {
            "k9": {"kind": "death", "date": {"@type": "Timestamp", "utc": "2019-10-15T23:10:00Z"},
                   "place": {"full": "4445 Tree Street"}},
        }},
    ),
    "2.8.1 no whole day": (
        {"anniversaries": {
            "a": {"kind": "birth", "date": {"year": 1953}},
            "b": {"kind": "birth", "date": {"month": 2, "day": 30}},
            "c": {"kind": "birth", "date": {"month": 5, "day": 1, "calendarScale": "hebrew"}},
            "d": {"kind": "birth", "date": {"month": 2, "day": 29}},
        }},
        Contact(birthday=Day(2, 29)),
        {"anniversaries": {
            "a": {"kind": "birth", "date": {"year": 1953}},
            "b": {"kind": "birth", "date": {"month": 2, "day": 30}},
            "c": {"kind": "birth", "date": {"month": 5, "day": 1, "calendarScale": "hebrew"}},
        }},
    ),
    "2.8.2": (
        {"keywords": {"internet": True, "IETF": True, "no": False}},
        Contact(categories=("internet", "IETF")),
        {"keywords": {"no": False}},
    ),
    "2.8.3": (
        {"notes": {
            "n0": {"note": " "},
            "n1": {"note": "Open office hours", "created": "2022-11-23T15:01:32Z"},
            "n2": {"note": "Another"},
        }},
        Contact(note="Open office hours"),
        {"notes": {"n1": {"created": "2022-11-23T15:01:32Z"}, "n2": {"note": "Another"}}},
    ),
    "2.8.4": (
        {"personalInfo": {
            "pi2": {"kind": "expertise", "value": "chemistry", "level": "high"},
            "pi5": {"kind": "hobby", "value": "reading", "level": "high"},
            "pi6": {"kind": "interest", "value": "r&b music"},
        }},
        Contact(hobbies=("reading",)),
        {"personalInfo": {
            "pi2": {"kind": "expertise", "value": "chemistry", "level": "high"},
            "pi5": {"level": "high"},
            "pi6": {"kind": "interest", "value": "r&b music"},
        }},
    ),
    "1.7.4 unknown properties": (
        {
            "example.com:foo": {"bar": [1.5, None, {}, []]},
            "emails": {"e": {"address": "a", "x": []}},
        },
        Contact(emails=(Email("a"),)),
        {"example.com:foo": {"bar": [1.5, None, {}, []]}, "emails": {"e": {"x": []}}},
    ),
    "what says nothing": (
        {
            "emails": {"a": {"address": " "}, "b": {"address": "", "pref": 3}},
            "onlineServices": {"a": {"service": "Git", "user": " ", "uri": "xmpp:"}},
            "organizations": {"a": {"name": " ", "units": [{"name": ""}]}, "b": {"name": "B"}},
            "titles": {"a": {"name": " "}, "b": {"name": "Dean"}},
            "preferredLanguages": {"a": {"language": " "}, "b": {"language": "de"}},
            "relatedTo": {" ": {"relation": {"child": True}}, "Otto": {"relation": {"met": True}}},
        },
        Contact(
            company="B", job_title="Dean", language="de", messengers=(Messenger("xmpp:", "git"),),
        ),
        {
            "emails": {"b": {"pref": 3}},
            "titles": {"a": {"name": " "}},
            "relatedTo": {
                " ": {"relation": {"child": True}}, "Otto": {"relation": {"met": True}},
            },
        },
    ),
    "RFC 9555, 2.15.1": (
        {"vCardProps": [
            ["gender", {}, "text", ["", "it's complicated"]],
            ["X-OFFICE", {"group": "item1"}, "unknown", "3.14"],
            ["x-office", {}, "unknown", "2.71"],
            ["related", {"type": "friend"}, "text", "Otto"],
            ["x-foo", {}, "unknown", "a", "b"],
        ]},
        Contact(gender="it's complicated", office="3.14"),
        {"vCardProps": [
            ["x-office", {}, "unknown", "2.71"],
            ["related", {"type": "friend"}, "text", "Otto"],
            ["x-foo", {}, "unknown", "a", "b"],
        ]},
    ),
    "RFC 9555, 2.15.2": (
        {"phones": {"p": {"number": "1", "vCardParams": {"type": ["X-Assistant", "foo"]}}}},
        Contact(phones=(Phone("1", PhoneKind.ASSISTANT),)),
        {"phones": {"p": {"vCardParams": {"type": ["foo"]}}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("section", READ)
def test_a_section_is_read_and_what_is_not_is_left_over(section):
    properties, person, rest = READ[section]

    found = found_in(**properties)

    assert found.contact == person
    assert found.rest == rest


def test_a_photo_is_read_from_its_data():
    uri = f"data:image/gif;base64,{b64encode(PIXEL).decode()}"
    link = {"kind": "photo", "uri": "https://example.org/a.gif"}

    found = found_in(media={"m0": link, "m1": {"kind": "photo", "uri": uri, "label": "Ada"}})

    assert found.photo == PIXEL
    assert found.contact.photo == Photo(sha256(PIXEL).hexdigest(), "image/gif")
    assert found.rest == {"media": {"m0": link, "m1": {"label": "Ada"}}}


def test_a_photo_that_is_too_wide_is_left_out_and_said():
    wide = PIXEL[:6] + b"\xff\xff\xff\xff" + PIXEL[10:]
    uri = f"data:image/gif;base64,{b64encode(wide).decode()}"

    found = found_in(media={"m1": {"kind": "photo", "uri": uri}})

    assert (found.photo, found.contact.photo) == (None, None)
    assert found.warnings == ("The photo has more than 50 million pixels; it is left out.",)
    assert found.rest == {"media": {"m1": {"kind": "photo", "uri": uri}}}


ADA = Contact(
    prefix="Lady", given="Ada", surname="Lovelace", phonetic_given="エイダ", file_as="Byron",
    company="Engines Ltd", department="Numbers", job_title="Analyst", office="3.14",
    phones=(Phone("+44 1", PhoneKind.ASSISTANT),), birthday=Day(12, 10), gender="female",
    addresses=(Address(Kind.HOME, street="Elm Road 1", city="London", label="Winter"),),
    spouse="William", children=("Byron", "William"), manager="Charles", categories=("key",),
)  # fmt: skip


def test_a_card_is_written_as_the_rfc_says():
    assert jscontact.card(ADA, "urn:uuid:1") == {
        "@type": "Card",
        "version": "1.0",
        "uid": "urn:uuid:1",
        "name": {
            "components": [
                {"kind": "title", "value": "Lady"},
                {"kind": "given", "value": "Ada", "phonetic": "エイダ"},
                {"kind": "surname", "value": "Lovelace"},
            ],
            "phoneticScript": "Zyyy",
            "isOrdered": True,
            "full": "Lady Ada Lovelace",
            "sortAs": {"surname": "Byron"},
        },
        "organizations": {"o1": {"name": "Engines Ltd", "units": [{"name": "Numbers"}]}},
        "titles": {"t1": {"kind": "title", "name": "Analyst", "organizationId": "o1"}},
        "phones": {"p1": {"number": "+44 1", "vCardParams": {"type": "x-assistant"}}},
        "addresses": {
            "a1": {
                "components": [
                    {"kind": "name", "value": "Elm Road 1"},
                    {"kind": "locality", "value": "London"},
                ],
                "contexts": {"private": True},
                "vCardParams": {"x-ablabel": "Winter"},
            }
        },
        "relatedTo": {
            "William": {"relation": {"spouse": True, "child": True}},
            "Byron": {"relation": {"child": True}},
        },
        "anniversaries": {
            "a1": {"kind": "birth", "date": {"@type": "PartialDate", "month": 12, "day": 10}}
        },
        "keywords": {"key": True},
        "vCardProps": [
            ["x-office", {}, "unknown", "3.14"],
            ["x-manager", {}, "unknown", "Charles"],
            ["gender", {}, "text", "F"],
        ],
    }


def test_a_company_without_a_person_has_its_name_in_full():
    card = jscontact.card(Contact(company="Engines Ltd"), "1")

    assert card["name"] == {"full": "Engines Ltd"}


def test_a_name_that_somebody_chose_does_not_say_that_its_parts_are_in_order():
    card = jscontact.card(Contact(given="Ada", display_name="The Countess"), "1")

    assert card["name"] == {
        "components": [{"kind": "given", "value": "Ada"}],
        "full": "The Countess",
    }


def test_only_registered_properties_are_written():
    # RFC 9553, section 1.8.1 wants a domain name of ours before any other one.
    def names(value):
        if isinstance(value, dict):
            yield from value
            yield from (name for one in value.values() for name in names(one))

    assert not [name for name in names(jscontact.card(ADA, "1")) if ":" in name]
