"""Every case there is, on small domains: the field table and the law of slots.

A server may make anything of what it is sent: all 256 functions on four values are
tried, with every edit on both sides, every direction and every winner.
"""

import itertools
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from given import half, hub, item, merge, terms

from twinbook.model.contact import Contact, Day, Email, Phone, PhoneKind, Photo
from twinbook.model.pair import Pair, Side
from twinbook.model.policy import Direction, Drift, Policy, Winner
from twinbook.model.shape import Shape
from twinbook.reconcile.normal import as_text

DIRECTIONS = (Direction.BOTH, Direction.TO_HUB, Direction.TO_SPOKE, Direction.NONE)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = {Side.HUB: (NOON + timedelta(hours=1), NOON), Side.SPOKE: (NOON, NOON + timedelta(hours=1))}

DOMAINS = {
    "job_title": ("", "pear", "quince", "medlar"),
    "note": ("", "pear", "quince", "medlar"),
    "birthday": (None, Day(1, 2, 1990), Day(3, 4), Day(5, 6, 1970)),
    "emails": ((), (Email("p@a.example"),), (Email("q@b.example"),), (Email("r@c.example"),)),
}
REWRITERS = tuple(itertools.product(range(4), repeat=4))
AS_IS = "as it is"  # nothing is written
SOME = REWRITERS[::7]  # for values that differ in nothing but their type
STAYS = -1  # nobody edits


class World:
    """One field of one contact, in the hub and behind a server that rewrites."""

    def __init__(self, name, direction, winner, newer=Side.HUB, drift=Drift.IGNORE):
        self.name, self.values = name, DOMAINS[name]
        self.newer = newer
        self.terms = terms(
            Policy(category="", directions={name: direction}, winners={name: winner}, drift=drift),
            spoke=Shape(fields=frozenset({name})),
        )
        self.merge = cache(self._merge)
        self.rewritten = cache(self._rewritten)

    def _merge(self, now, base):
        """What both sides are made to show (None: as they are), what is logged, what waits."""
        contacts = [Contact(**{self.name: value}) for value in (*now, *base)]
        hub_time, item_time = LATER[self.newer]
        merged = merge(
            Pair(half(hub(contacts[2])), half(item(contacts[3], self.terms.policy))),
            Pair(
                hub(contacts[0], edited={self.name: hub_time}),
                item(contacts[1], self.terms.policy, edited_at=item_time),
            ),
            self.terms,
        )
        written = [
            getattr(merged.wanted[side], self.name) if merged.fields[side] else AS_IS
            for side in Side
        ]
        lost = {(one.side, one.value) for one in merged.lost}
        return written, lost, bool(merged.frozen)

    def _rewritten(self, value, rewriter, holding=()):
        """What the server shows after it was sent a value; what it held it lets alone."""
        if not isinstance(value, tuple):
            return self.values[rewriter[self.values.index(value)]]
        shown = (
            (one,) if one in holding else self.values[rewriter[self.values.index((one,))]]
            for one in value
        )
        return tuple(dict.fromkeys(one for several in shown for one in several))

    def step(self, state, rewriter):
        """The world after one cycle: what it shows, what was agreed on, and what happened."""
        now, base = state[:2], state[2:]
        (up, down), lost, frozen = self.merge(now, base)
        shown = (
            now[0] if up is AS_IS else up,
            now[1] if down is AS_IS else self.rewritten(down, rewriter, self.elements(now[1])),
        )
        return (*shown, *(base if frozen else shown)), (up, down, lost, frozen)

    def created(self, value, rewriter):
        travels = self.terms.direction(self.name).reaches(Side.SPOKE)
        echo = self.rewritten(value, rewriter) if travels else self.values[0]
        return (value, echo, value, echo)

    def elements(self, value):
        return value if isinstance(value, tuple) else ()

    def said(self, value):
        """The elements of a value, or the value: what somebody typed."""
        several = value if isinstance(value, tuple) else (value,)
        return {one for one in several if one not in ("", None)}

    def text(self, one):
        """How the log writes it."""
        return as_text(self.name, (one,) if isinstance(self.values[0], tuple) else one)


def edited(world, state, hub_edit, book_edit):
    hub_now = state[0] if hub_edit is STAYS else world.values[hub_edit]
    book_now = state[1] if book_edit is STAYS else world.values[book_edit]
    return (hub_now, book_now, *state[2:])


EDITS = tuple(itertools.product((STAYS, 0, 1, 2, 3), repeat=2))


def rewriters(name):
    return REWRITERS if name in ("job_title", "emails") else SOME


def worlds(name):
    for direction, winner in itertools.product(DIRECTIONS, Winner):
        for newer in Side if winner is Winner.NEWEST else (Side.HUB,):
            yield World(name, direction, winner, newer)


@pytest.mark.parametrize("name", DOMAINS)
def test_whatever_a_server_makes_of_it_a_quiet_cycle_writes_nothing(name):
    for world in worlds(name):
        for rewriter, value in itertools.product(REWRITERS, world.values):
            state = world.created(value, rewriter)

            after, (up, down, lost, frozen) = world.step(state, rewriter)

            assert (after, up, down, lost, frozen) == (state, AS_IS, AS_IS, set(), False)


@pytest.mark.parametrize("name", DOMAINS)
def test_every_edit_on_every_server_settles_in_one_cycle_and_nothing_is_lost(name):
    for world in worlds(name):
        for rewriter, value in itertools.product(rewriters(name), world.values):
            created = world.created(value, rewriter)
            for edits in EDITS:
                before = edited(world, created, *edits)
                check(world, rewriter, before)


def check(world, rewriter, before):
    """One cycle after some edits keeps what was promised, and the next has nothing to do."""
    after, (up, down, lost, frozen) = world.step(before, rewriter)
    again, (up2, down2, _, _) = world.step(after, rewriter)
    direction, case = world.terms.direction(world.name), (rewriter, before, after, lost)
    typed = [world.said(before[side]) - world.said(before[side + 2]) for side in (0, 1)]

    assert (again, up2, down2) == (after, AS_IS, AS_IS), case  # L6
    assert up is AS_IS or before[1] != before[3], case  # L7: only an edit moves the hub
    assert world.said(after[0]) <= world.said(before[0]) | typed[1], case  # S2
    assert direction.reaches(Side.HUB) or up is AS_IS, case  # S8
    assert direction.reaches(Side.SPOKE) or down is AS_IS, case  # S8
    for place, sent in ((0, up), (1, down)):  # S1
        if sent is not AS_IS:
            for one in typed[place] - world.said(sent):
                assert (list(Side)[place], world.text(one)) in lost, case
    if direction is Direction.BOTH and not frozen:  # L1
        alone = before[1] == before[3], before[0] == before[2]
        if alone == (True, False):
            assert typed[0] <= world.said(before[1] if down is AS_IS else down), case
            cleared = before[0] != before[2] and not world.said(before[0])
            assert not cleared or not world.said(before[1] if down is AS_IS else down), case
        if alone == (False, True):
            assert typed[1] <= world.said(after[0]), case


@pytest.mark.parametrize("name", ["job_title", "emails"])
@pytest.mark.parametrize("drift", Drift)
@pytest.mark.parametrize("direction", [Direction.TO_SPOKE, Direction.TO_HUB])
def test_what_did_not_travel_is_logged_before_it_is_overwritten(name, direction, drift):
    """The drift rule: an edit of one side is absorbed, then the other side edits."""
    world = World(name, direction, Winner.HUB, drift=drift)
    mute = 1 if direction is Direction.TO_SPOKE else 0
    for rewriter, value in itertools.product(REWRITERS, world.values):
        for first, second in itertools.product(world.values[1:], world.values):
            state = list(world.created(value, rewriter))
            state[mute] = first
            drifted, (_, _, at_once, _) = world.step(tuple(state), rewriter)
            spoken = list(drifted)
            spoken[1 - mute] = second
            after, (_, _, later, _) = world.step(tuple(spoken), rewriter)

            known = world.said(state[mute + 2]) | world.said(drifted[1 - mute])
            for one in world.said(first) - known - world.said(after[mute]):
                kept = (list(Side)[mute], world.text(one)) in at_once | later
                assert kept, (rewriter, value, first, second, drifted, spoken, after)


# slots


TYPED = tuple(Phone(f"+49 30 {digit * 6}", PhoneKind.WORK) for digit in "1234")
SLOTS = 2
TWO_SLOTS = Shape(fields=frozenset({"phones"}), at_most={"phones.work": SLOTS})
SETS = tuple(numbers for size in range(5) for numbers in itertools.permutations(TYPED, size))
SPELLINGS = {
    "as it is": lambda number: number,
    "in digits": lambda number: Phone(number.value.replace(" ", ""), number.kind),
    "as another kind": lambda number: Phone(number.value, PhoneKind.OTHER),
    "as no person would": lambda number: Phone(f"no. {TYPED.index(number)}", number.kind),
}


@cache
def merge_numbers(now, base):
    two_way = terms(spoke=TWO_SLOTS)
    records = [Contact(phones=numbers) for numbers in (*now, *base)]
    merged = merge(
        Pair(half(hub(records[2])), half(item(records[3]))),
        Pair(hub(records[0]), item(records[1])),
        two_way,
    )
    return tuple(
        merged.wanted[side].phones if merged.fields[side] else now[place]
        for place, side in enumerate(Side)
    )


def in_book(numbers, holding=()):
    return TWO_SLOTS.fit(Contact(phones=numbers), Contact(phones=holding)).phones


def test_a_kept_number_keeps_its_slot_and_the_rest_stays_in_the_hub():
    for before, after in itertools.product(SETS, SETS):
        book = in_book(before)

        shown = merge_numbers((after, book), (before, book))[1]

        assert len(shown) <= SLOTS
        assert set(shown) <= set(after)
        assert all(number in shown for number in book if number in after)  # sticky
        kept, new = set(book) & set(after), set(after) - set(before)
        assert len(shown) >= min(SLOTS, len(kept) + len(new))


def test_an_edit_of_the_slots_changes_exactly_that_in_the_hub():
    edits = [one for one in SETS if len(one) <= SLOTS]
    for whole, typed in itertools.product(SETS, edits):
        book = in_book(whole)
        shadow = [number for number in whole if number not in book]

        result = merge_numbers((whole, typed), (whole, book))[0]

        assert set(result) == set(shadow) | set(typed), (whole, typed)
        assert len(result) == len(set(result))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_however_a_server_spells_numbers_nothing_moves_by_itself(spelling):
    for whole in SETS:
        echo = tuple(SPELLINGS[spelling](number) for number in in_book(whole))

        assert merge_numbers((whole, echo), (whole, echo)) == (whole, echo)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_however_a_server_spells_numbers_a_removal_reaches_the_other_side(spelling):
    for whole in SETS:
        echo = tuple(SPELLINGS[spelling](number) for number in in_book(whole))
        for place, number in enumerate(in_book(whole)):
            fewer = (*echo[:place], *echo[place + 1 :])
            left = tuple(one for one in whole if one != number)

            assert merge_numbers((whole, fewer), (whole, echo))[0] == left
            assert set(merge_numbers((left, echo), (whole, echo))[1]) == set(fewer)


@pytest.mark.parametrize("digest", ["a" * 64, "b" * 64])
def test_a_picture_that_a_server_encodes_anew_is_not_sent_again(digest):
    ours, theirs = Photo("0" * 64), Photo(digest)
    base = Pair(half(hub(Contact(photo=ours))), half(item(Contact(photo=theirs))))

    quiet = merge(base, Pair(hub(Contact(photo=ours)), item(Contact(photo=theirs))), terms())

    assert quiet.fields == Pair(frozenset(), frozenset())
