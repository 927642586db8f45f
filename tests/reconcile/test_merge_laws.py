"""Laws of merging (L9 to L12, L14), over whole contacts.

Contacts are drawn from few values, so that two of them often agree, differ or share an
element; `awkward` ones are those that break parsers.
"""

from dataclasses import replace

import pytest
from given import examples, half, hub, item, merge, terms
from hypothesis import given, settings
from hypothesis import strategies as st

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
from twinbook.model.fields import BY_NAME, FIELDS, Nature
from twinbook.model.pair import Pair, Side
from twinbook.model.policy import Direction, Drift, Policy, Winner
from twinbook.model.shape import Shape, part_of
from twinbook.reconcile.normal import is_empty, key_of, same
from twinbook.sync.prepare import agreed
from twinbook.testing.strategies import contacts as awkward

MANY = settings(max_examples=examples(150), deadline=None)

EMAILS = [Email(f"{name}@example.org", kind) for name in "abc" for kind in (Kind.WORK, Kind.HOME)]
PHONES = [
    Phone(f"+49 30 {digit * 6}", kind)
    for digit in "123"
    for kind in (PhoneKind.WORK, PhoneKind.MOBILE)
]
POOLS = {
    "emails": EMAILS,
    "phones": [*PHONES, *(replace(one, preferred=True) for one in PHONES[:3])],
    "addresses": [
        Address(kind, street=street, city=city)
        for kind in (Kind.WORK, Kind.HOME)
        for street in ("Main St 1", "High St 2")
        for city in ("Berlin", "London")
    ],
    "web_pages": [WebPage("https://a.example", WebKind.WORK), WebPage("b.example", WebKind.HOME)],
    "messengers": [Messenger("ada", "skype"), Messenger("ada", "jabber"), Messenger("b", "skype")],
    "categories": ["VIP", "Press", "Golf"],
    "hobbies": ["chess", "poems"],
    "children": ["Byron", "Anne"],
}
TEXTS = ("", "pear", "quince", "a longer text of some words", "a longer text of some words, cut")
DAYS = (None, Day(12, 10, 1815), Day(12, 10), Day(1, 2, 1990))


def values(row):
    match row.nature:
        case Nature.TEXT | Nature.PROSE:
            return st.sampled_from(TEXTS)
        case Nature.DAY:
            return st.sampled_from(DAYS)
        case Nature.PHOTO:
            return st.sampled_from((None, Photo("0" * 64), Photo("f" * 64)))
        case Nature.VALUES:
            kinds = POOLS[row.name]
            unique = st.lists(
                st.sampled_from(kinds),
                max_size=3,
                unique_by=lambda one: key_of(row.name, one),
            )
            return unique.map(tidy)
        case Nature.WORDS:
            return st.lists(st.sampled_from(POOLS[row.name]), max_size=3, unique=True).map(tuple)


def tidy(elements):
    """The elements with one preferred of each kind at most."""
    seen, result = set(), []
    for one in elements:
        keep = one.preferred and one.kind not in seen
        seen |= {one.kind} if keep else set()
        result.append(replace(one, preferred=keep))
    return tuple(result)


ORDINARY = st.fixed_dictionaries({}, optional={row.name: values(row) for row in FIELDS}).map(
    lambda fields: Contact(**fields)
)


@st.composite
def versions(draw, count):
    """A contact, and what became of it in several hands: most fields stay as they were."""
    first = draw(ORDINARY)
    names = st.lists(st.sampled_from(FIELDS), max_size=5, unique_by=lambda row: row.name)
    others = [
        first.but(**{row.name: draw(values(row)) for row in draw(names)}) for _ in range(count)
    ]
    return first, *others


TWO_WAY = {row.name: Direction.BOTH for row in FIELDS}


def two_way(winner=Winner.HUB, **rest):
    policy = Policy(category="", directions=TWO_WAY, winners={row.name: winner for row in FIELDS})
    return terms(policy, **rest)


def met(base, seen, the_terms, **rest):
    records = Pair(hub(seen.hub), item(seen.spoke, the_terms.policy))
    halves = Pair(half(hub(base.hub)), half(item(base.spoke, the_terms.policy)))
    return merge(halves, records, the_terms, **rest)


def merge_all(base, hub_now, book_now, the_terms=None, **rest):
    return met(Pair(base, base), Pair(hub_now, book_now), the_terms or two_way(), **rest)


def content(contact):
    """A contact without the order of its elements."""
    return {
        row.name: sorted(map(repr, value)) if isinstance(value, tuple) else value
        for row in FIELDS
        if not is_empty(value := getattr(contact, row.name))
    }


def meaning(contact):
    """What a person would say that a contact says."""
    return {
        row.name: (
            sorted(
                (key_of(row.name, one), (getattr(one, "kind", None) and one.kind.value) or "")
                for one in value
            )
            if isinstance(value, tuple)
            else value
        )
        for row in FIELDS
        if not is_empty(value := getattr(contact, row.name)) and not row.derived
    }


@MANY
@given(versions(1))
def test_an_unedited_side_takes_over_all_edits_of_the_other(both):
    before, after = both

    up, down = merge_all(before, before, after), merge_all(before, after, before)

    assert content(up.wanted.hub) == content(after) or derived_only(up.wanted.hub, after)
    assert content(down.wanted.spoke) == content(after) or derived_only(down.wanted.spoke, after)
    assert up.fields.spoke <= {"display_name", "file_as", "initials"}
    assert down.fields.hub <= {"display_name", "file_as", "initials"}
    assert not up.holds
    assert not down.holds


def derived_only(one, other):
    """Whether two contacts differ only in names that follow from their parts."""
    return meaning(one) == meaning(other)


@MANY
@given(awkward(), awkward())
def test_an_unedited_side_takes_over_whatever_anybody_may_type(before, after):
    up, down = merge_all(before, before, after), merge_all(before, after, before)

    for merged, side in ((up, Side.HUB), (down, Side.SPOKE)):
        for row in FIELDS:
            shown = getattr(merged.wanted[side], row.name)
            typed = getattr(after, row.name)
            if row.derived or row.name in merged.frozen:
                continue
            if isinstance(typed, tuple):
                assert {key_of(row.name, one) for one in typed} <= {
                    key_of(row.name, one) for one in (*shown, *getattr(before, row.name))
                }
            else:
                assert shown == typed


@MANY
@given(versions(1))
def test_equal_edits_on_both_sides_are_no_conflict(both):
    before, after = both

    merged = merge_all(before, after, after)

    assert merged.fields == Pair(frozenset(), frozenset())
    assert merged.holds == merged.lost == ()


@MANY
@given(versions(2), st.sampled_from((Winner.HUB, Winner.SPOKE, Winner.ASK)))
def test_swapping_the_sides_changes_nothing_but_who_wins(three, winner):
    before, one, other = three
    swapped = {Winner.HUB: Winner.SPOKE, Winner.SPOKE: Winner.HUB, Winner.ASK: Winner.ASK}

    there = merge_all(before, one, other, two_way(winner))
    back = merge_all(before, other, one, two_way(swapped[winner]))

    unpreferred = [
        Pair(plain(result.wanted[a]), plain(result.wanted[b]))
        for result, a, b in ((there, Side.HUB, Side.SPOKE), (back, Side.SPOKE, Side.HUB))
    ]
    assert unpreferred[0] == unpreferred[1]
    assert there.frozen == back.frozen


def plain(contact):
    """What a contact says, without which of its values are preferred."""
    without = {
        row.name: tuple(replace(one, preferred=False) for one in getattr(contact, row.name))
        for row in FIELDS
        if row.nature is Nature.VALUES
    }
    return content(contact.but(**without))


@MANY
@given(
    versions(2),
    st.sampled_from(Winner),
    st.dictionaries(st.sampled_from([row.name for row in FIELDS]), st.sampled_from(Direction)),
    st.sampled_from(Drift),
    st.booleans(),
)
def test_merging_twice_is_merging_once(three, winner, directions, drift, adopted):
    before, one, other = three
    policy = Policy(
        category="",
        directions={**TWO_WAY, **directions},
        winners={row.name: winner for row in FIELDS},
        drift=drift,
    )
    the_terms = terms(policy)
    halves = Pair(half(hub(before)), half(item(before, policy)))
    seen = Pair(hub(one), item(other, policy))

    first = merge(halves, seen, the_terms, adopted=adopted)
    shown = shown_after(seen, first)
    base = agreed(halves, Pair.each(lambda side: half(shown[side])), first.frozen)
    second = merge(base, shown, the_terms, owned=first.owned, adopted=adopted)

    assert second.fields == Pair(frozenset(), frozenset())
    assert second.lost == ()
    assert second.frozen <= first.frozen


def shown_after(seen, merged):
    """Both records after the merge was carried out, private fields sealed again."""
    return Pair(
        seen.hub.but(contact=merged.wanted.hub),
        seen.spoke.but(contact=merged.wanted.spoke)
        if not any(name in seen.spoke.seals or name in OWN for name in merged.fields.spoke)
        else written(seen.spoke, merged),
    )


OWN = {"note", "children", "spouse", "government_id"}


def written(record, merged):
    values = {name: getattr(merged.wanted.spoke, name) for name in merged.fields.spoke}
    seals = {name: f"{value!r}" for name, value in values.items() if name in OWN and value}
    others = {name: seal for name, seal in record.seals.items() if name not in values}
    blank = {name: type(value)() for name, value in values.items() if name in OWN}
    return record.but(contact=merged.wanted.spoke.but(**blank), seals={**others, **seals})


RESPELLED = {
    "emails": lambda one: replace(one, value=one.value.upper()),
    "phones": lambda one: replace(one, value=one.value.replace(" ", "-")),
    "web_pages": lambda one: replace(one, value=f"{one.value}/"),
}


def respelled(contact):
    """The same contact in other spelling."""
    changes = {
        row.name: getattr(contact, row.name).upper() for row in FIELDS if row.nature is Nature.TEXT
    }
    changes |= {
        name: tuple(spell(one) for one in getattr(contact, name))
        for name, spell in RESPELLED.items()
    }
    return contact.but(**changes)


@MANY
@given(versions(2), st.sampled_from((Winner.HUB, Winner.SPOKE)))
def test_a_new_spelling_changes_nothing_of_what_is_meant(three, winner):
    before, one, other = three

    usual = merge_all(before, one, other, two_way(winner))
    spelled = merge_all(before, respelled(one), other, two_way(winner))

    for side in Side:
        for row in FIELDS:
            if not row.derived:
                values = (getattr(m.wanted[side], row.name) for m in (usual, spelled))
                assert same(row.name, *values), row.name


@MANY
@given(versions(2))
def test_of_each_kind_one_value_is_preferred(three):
    before, one, other = three

    merged = merge_all(before, one, other)

    for side in Side:
        for name in ("emails", "phones", "addresses", "web_pages", "messengers"):
            preferred = [
                part_of(name, e) for e in getattr(merged.wanted[side], name) if e.preferred
            ]
            assert len(preferred) == len(set(preferred)), (side, name)


@MANY
@given(versions(2))
def test_who_had_a_name_on_both_sides_has_one_afterwards(three):
    before, one, other = three

    merged = merge_all(before, one, other)

    if one.name and other.name:
        assert merged.wanted.hub.name
        assert merged.wanted.spoke.name


@MANY
@given(versions(2))
def test_no_value_appears_twice(three):
    before, one, other = three

    merged = merge_all(before, one, other)

    for side in Side:
        for row in FIELDS:
            value = getattr(merged.wanted[side], row.name)
            if isinstance(value, tuple):
                keys = [key_of(row.name, element) for element in value]
                assert len(keys) == len(set(keys)), (side, row.name)


NARROW = Shape(
    fields=frozenset(BY_NAME) - {"photo", "hobbies"},
    at_most={"phones.work": 1, "phones.mobile": 1, "emails": 2, "addresses": 1},
    lengths={"job_title": 6},
)


@MANY
@given(versions(2))
def test_what_a_book_cannot_hold_is_neither_cleared_nor_sent(three):
    before, one, other = three
    the_terms = two_way(spoke=NARROW)
    base = Pair(before, NARROW.fit(before))
    seen = Pair(one, NARROW.fit(other))

    merged = met(base, seen, the_terms)

    assert merged.wanted.hub.photo == one.photo
    assert merged.wanted.hub.hobbies == one.hobbies
    assert not {"photo", "hobbies"} & merged.fields.spoke
    for name in ("emails", "phones", "addresses"):
        shown = getattr(merged.wanted.spoke, name)
        room = [NARROW.at_most.get(key) for key in (name, *(f"{name}.{k}" for k in ("work",)))]
        held = getattr(seen.spoke, name)
        limit = room[0] or len(shown)
        assert len(shown) <= max(limit, len(held))


@MANY
@given(versions(1))
def test_an_overflow_of_the_hub_survives_every_edit_of_the_book(both):
    before, after = both
    shown = NARROW.fit(before)
    typed = NARROW.fit(after)
    overflow = {key_of("phones", e) for e in before.phones} - {
        key_of("phones", e) for e in shown.phones
    }

    merged = met(Pair(before, shown), Pair(before, typed), two_way(spoke=NARROW))

    assert overflow <= {key_of("phones", one) for one in merged.wanted.hub.phones}


@MANY
@given(versions(1), st.integers(0, 2))
def test_editing_one_element_changes_one_element(both, place):
    before, _ = both
    if place >= len(before.phones):
        return
    phones = list(before.phones)
    phones[place] = replace(phones[place], value="+1 555 0199")

    merged = merge_all(before, before, before.but(phones=tuple(phones)))

    changed = [a for a, b in zip(before.phones, merged.wanted.hub.phones, strict=True) if a != b]
    assert changed == [before.phones[place]]


@pytest.mark.parametrize("name", [row.name for row in FIELDS if not row.derived])
@MANY
@given(st.data())
def test_a_clearing_travels_where_both_sides_can_hold_the_field(name, data):
    value = data.draw(values(BY_NAME[name]).filter(lambda one: not is_empty(one)))
    full = Contact(nickname="Countess").but(**{name: value})
    cleared = full.but(**{name: type(value)() if isinstance(value, str | tuple) else None})

    for shape, travels in ((Shape(), True), (Shape(fields=frozenset({"prefix"}) - {name}), False)):
        up = merge_all(full, full, cleared, two_way(spoke=shape))
        down = merge_all(full, cleared, full, two_way(spoke=shape))

        assert (name in up.fields.hub) == travels
        assert (name in down.fields.spoke) == travels
