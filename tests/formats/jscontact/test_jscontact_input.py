"""Whatever an input is: its cards are read, and what is none is named, briefly and clearly."""

import json
from pathlib import Path

import pytest

from twinbook.formats import jscontact
from twinbook.formats.jscontact import reading
from twinbook.model.contact import Contact, Email

CARD = '{"@type":"Card","version":"1.0","uid":"%s","name":{"full":"Ada %s"}}'


def card(name: str) -> str:
    return CARD % (name, name)


def uids(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [
        one.uid if isinstance(one, jscontact.Found) else str(one) for one in jscontact.read(data)
    ]


def reason(**properties) -> str:
    whole = {"@type": "Card", "version": "1.0"} | properties
    [problem] = jscontact.read(json.dumps(whole).encode())
    assert isinstance(problem, jscontact.Problem), problem
    return problem.reason.removeprefix("The card is not as RFC 9553 wants it: ")


NO_CARD = "It is no Card of JSContact: it says neither its @type nor its version."
NO_JSON = "it is no JSON (Expecting value, character 6)."

INPUTS = {
    "nothing": ("", []),
    "blanks": (" \n", []),
    "an empty list": ("[]", []),
    "one card": (card("a"), ["a"]),
    "a card behind a byte order mark": ("\ufeff" + card("a"), ["a"]),
    "a list": (f"[{card('a')},\n {card('b')}]\n", ["a", "b"]),
    "a card a line": (f"{card('a')}\n{card('b')}\n", ["a", "b"]),
    "lists behind each other": (f"[{card('a')}][{card('b')}]", ["a", "b"]),
    "a list of lists": (
        f"[[{card('a')}],{card('b')}]",
        ["Card 1 (at byte 1): The card can't be read: it is no object.", "b"],
    ),
    "an answer of JMAP": (
        f'{{"accountId":"x","list":[{card("a")},1,{card("b")}]}}',
        ["a", "Card 2 (at byte 0): The card can't be read: it is no object.", "b"],
    ),
    "brackets in texts": (
        '[{"@type":"Card","uid":"a]}[{\\"","name":{"full":"]"}},' + card("b") + "]",
        ['a]}[{"', "b"],
    ),
    "another thing in a list": (
        f"[1, {card('a')}, null]",
        [
            "Card 1 (at byte 1): There is something that is no card.",
            "a",
            "Card 3 (at byte 72): There is something that is no card.",
        ],
    ),
    "no card": (
        '{"a":1}',
        [
            f"Card 1 (at byte 0): {NO_CARD}",
        ],
    ),
    "a card cut off": (
        f"[{card('a')},{card('b')[:40]}",
        ["a", "Card 2 (at byte 68): The card does not end; it may have been cut off."],
    ),
    "a text cut off": (
        f'{card("a")[:-4]}',
        ["Card 1 (at byte 0): The card does not end; it may have been cut off."],
    ),
    "a list cut off": (
        f"[{card('a')},",
        ["a", "Card 2 (at byte 67): The list does not end; it may have been cut off."],
    ),
    "a bracket too many": (
        f"{card('a')}] {card('b')}",
        ["a", "Card 2 (at byte 66): There is something that is no card.", "b"],
    ),
    "only brackets that close": (
        "}]",
        [
            "Card 1 (at byte 0): There is something that is no card.",
            "Card 2 (at byte 1): There is something that is no card.",
        ],
    ),
    "brackets that do not fit": (
        f"[{{\"a\":[}}}},{card('b')}]",
        [
            f"Card 1 (at byte 1): The card can't be read: {NO_JSON}",
            "b",
        ],
    ),
    "a vCard": ("BEGIN:VCARD\n", ["Card 1 (at byte 0): There is something that is no card."]),
}  # fmt: skip


@pytest.mark.parametrize("name", INPUTS)
def test_the_cards_of_an_input_are_found_and_the_others_named(name):
    text, expected = INPUTS[name]

    assert uids(text) == expected


HOSTILE = {
    "deep": ('{"@type":"Card","x":' + "[" * 100_000 + "]" * 100_000 + "}", "nested more than 32"),
    "deeper than it is long": ('{"@type":"Card","x":' + "[" * 100_000, "does not end"),
    "a name twice": ('{"@type":"Card","uid":"a","uid":"b"}', "stands twice in one object"),
    "a name twice in depth": ('{"@type":"Card","x":[{"a":1,"a":1}]}', "stands twice"),
    "a long number": ('{"@type":"Card","x":' + "9" * 5000 + "}", "number that is too long"),
    "a large number": ('{"@type":"Card","x":1e999}', "number that is too long"),
    "not a number": ('{"@type":"Card","x":NaN}', "NaN or Infinity"),
    "half a character": ('{"@type":"Card","uid":"\\ud800"}', "lone surrogate"),
    "half a character as a name": ('{"@type":"Card","\\udfff":1}', "lone surrogate"),
    "a control character": ('{"@type":"Card","uid":"\x00"}', "no JSON (Invalid control character"),
    "a comma too many": ('{"@type":"Card",}', "no JSON"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_card_is_a_problem_that_is_named(name):
    text, expected = HOSTILE[name]

    [problem] = jscontact.read(text.encode())

    assert expected in str(problem)
    assert len(str(problem)) < 150


def test_a_pair_of_surrogates_is_a_character():
    [found] = jscontact.read(b'{"@type":"Card","name":{"full":"\\ud83d\\ude00"}}')

    assert found.contact == Contact(display_name="\U0001f600")


def test_other_codings_are_named():
    western = card("a").replace("Ada", "Zoë").encode("latin-1")

    assert uids(western) == ["Card 1 (at byte 0): The card can't be read: it is not in UTF-8."]
    assert len(uids(card("a").encode("utf-16"))) >= 1


def test_an_input_that_is_too_large_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_INPUT", 100)

    assert uids(card("a") * 2) == ["Card 1 (at byte 0): The input is larger than 0 MB; split it."]


def test_a_card_that_is_too_large_is_named_and_the_others_are_read(monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_CARD", 100)

    found = uids(f"[{card('a' * 50)},{card('b')}]")

    assert found == [
        "Card 1 (at byte 1): The card is larger than 0 MB; take its picture out.", "b",
    ]  # fmt: skip


def test_an_answer_of_too_many_cards_is_named():
    many = ",".join([card("a")] * 1001)

    [problem] = uids(f'{{"list":[{many}]}}')

    assert "more than 1000 cards" in problem


def test_a_group_is_no_contact():
    assert reason(kind="group", members={"a": True}) == (
        "The card is a group of other cards, and no contact."
    )


WRONG = {
    "@type": ({"@type": "Group"}, "@type must be Card."),
    "version": ({"version": 1}, "version must be text."),
    "uid": ({"uid": ["a"]}, "uid must be text."),
    "name": ({"name": "Ada"}, "name must be an object."),
    "a type inside": ({"name": {"@type": "Card"}}, "name.@type must be Name."),
    "components": ({"name": {"components": {}}}, "name.components must be a list."),
    "a component": ({"name": {"components": [{}, 1]}}, "name.components[2] must be an object."),
    "a value": (
        {"name": {"components": [{"kind": "given", "value": 1}]}},
        "name.components[1].value must be text.",
    ),
    "a list of mails": ({"emails": []}, "emails must be an object."),
    "a mail": ({"emails": {"a": {"address": "x"}, "b": "x"}}, "emails[2] must be an object."),
    "an address": ({"emails": {"a": {"address": 1}}}, "emails[1].address must be text."),
    "a context": (
        {"emails": {"a": {"address": "x", "contexts": {"work": 1}}}},
        "emails[1].contexts[1] must be true.",
    ),
    "pref": (
        {"emails": {"a": {"address": "x", "pref": 101}}},
        "emails[1].pref must be a number from 1 to 100.",
    ),
    "a pref that is true": (
        {"emails": {"a": {"address": "x", "pref": True}}},
        "emails[1].pref must be a number from 1 to 100.",
    ),
    "month": (
        {"anniversaries": {"a": {"kind": "birth", "date": {"month": 13, "day": 1}}}},
        "anniversaries[1].date.month must be a number from 1 to 12.",
    ),
    "keywords": ({"keywords": {"a": "b"}}, "keywords[1] must be true."),
    "vCardProps": ({"vCardProps": {}}, "vCardProps must be a list."),
    "a property of a vCard": (
        {"vCardProps": [["a"]]},
        "vCardProps[1] must be a property of a vCard: a list of name, parameters, type and value.",
    ),
    "a type of a vCard": (
        {"phones": {"p": {"number": "1", "vCardParams": {"type": 1}}}},
        "phones[1].vCardParams.type must be text, or a list of texts.",
    ),
    "media": ({"media": {"m": {"kind": "photo", "uri": 1}}}, "media[1].uri must be text."),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_property_of_another_type_is_named_by_its_path(name):
    properties, expected = WRONG[name]

    assert reason(**properties) == expected


def test_no_value_and_no_key_of_a_person_is_in_a_reason():
    secret = "secret-of-ada"
    said = [
        reason(emails={secret: {"address": [secret]}}),
        reason(keywords={secret: secret}),
        reason(relatedTo={secret: {"relation": {"child": secret}}}),
        reason(name={"full": {secret: secret}}),
        reason(uid=[secret]),
    ]

    assert [one for one in said if secret in one] == []


def test_null_is_as_if_it_were_not_there():
    [found] = jscontact.read(
        b'{"@type":"Card","uid":null,"name":null,"phones":null,'
        b'"emails":{"e":{"address":"a","contexts":null,"label":null,"pref":null}}}'
    )

    assert found.contact == Contact(emails=(Email("a"),))


EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.json"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_the_examples_are_read_and_say_something(file):
    found = list(jscontact.read(file.read_bytes()))

    assert [one for one in found if isinstance(one, jscontact.Problem)] == []
    assert [one.uid for one in found if one.contact == Contact()] == []


def test_of_a_full_card_only_what_nobody_here_understands_is_left_over():
    [found] = jscontact.read((Path(__file__).parent / "examples" / "one.json").read_bytes())

    assert set(found.rest) == {
        "created", "language", "speakToAs", "name", "phones", "addresses", "relatedTo", "notes",
        "personalInfo", "localizations", "vCardProps", "example.com:customer",
    }  # fmt: skip
    assert found.rest["name"] == {"phoneticScript": "Latn"}
    assert found.rest["vCardProps"] == [["x-foo", {"x-bar": "1"}, "unknown", "baz"]]
