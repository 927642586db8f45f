"""Merging one contact, case by case (rules 2.4 and 2.5)."""

from datetime import UTC, datetime, timedelta

import pytest
from given import ADA, ANN, answering, half, hub, item, merge, merged, raw_item, terms

from twinbook.model.contact import Address, Contact, Day, Email, Kind, Phone, PhoneKind, Photo
from twinbook.model.filter import NOTHING
from twinbook.model.link import NOTHING_YET, Half
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Question
from twinbook.model.policy import Direction, Drift, Policy, Winner
from twinbook.model.rights import Rights
from twinbook.model.shape import Shape
from twinbook.reconcile.winners import newer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAIN = Policy(category="")


def both(hub_now, book_now, before=ADA, policy=None, **rest):
    parts = {name: rest.pop(name) for name in ("spoke", "rights", "held") if name in rest}
    the_terms = rest.pop("the_terms", None) or terms(policy or PLAIN, **parts)
    return merged(before, Pair(hub_now, book_now), the_terms, **rest)


def log(result):
    return [(one.side.value, one.field, one.value) for one in result.lost]


# who wins


@pytest.mark.parametrize(
    ("hub_at", "book_at", "wins"),
    [
        (NOON + HOUR, NOON, Side.HUB),
        (NOON, NOON + HOUR, Side.SPOKE),
        (NOON, NOON + timedelta(seconds=2), None),
        (None, NOON, None),
        (NOON, None, None),
    ],
)
def test_the_newer_edit_wins_where_the_times_tell(hub_at, book_at, wins):
    assert newer(hub_at, book_at) is wins


def newest(book_now, edited=("nickname",), base_seals=None):
    policy = PLAIN.but(winners={"nickname": Winner.NEWEST})
    before = item(ADA)
    base = Half(contact=before.contact, seals=base_seals or {})
    record = hub(ADA.but(nickname="Countess"), edited=dict.fromkeys(edited, NOON))
    book = item(book_now).but(edited_at=NOON + HOUR)
    return merge(Pair(half(hub()), base), Pair(record, book), terms(policy))


def test_the_later_edit_goes_to_the_other_side():
    assert newest(ADA.but(nickname="Lady")).wanted.hub.nickname == "Lady"


@pytest.mark.parametrize(
    "book_now",
    [ADA.but(nickname="Lady", office="B 12"), ADA.but(nickname="Lady", note="mine")],
)
def test_a_time_that_another_field_caused_proves_nothing(book_now):
    assert newest(book_now).holds[0].question is Question.FIELD


def test_an_edit_without_a_time_is_asked_about():
    assert newest(ADA.but(nickname="Lady"), edited=()).holds


def test_a_hub_that_knows_nothing_of_its_business_is_asked_about():
    policy = PLAIN.but(winners={"nickname": Winner.NEWEST})
    seen = Pair(raw_item(ADA.but(nickname="A")), item(ADA.but(nickname="B")).but(edited_at=NOON))

    assert merge(Pair(half(hub()), half(item())), seen, terms(policy)).holds


@pytest.mark.parametrize("winner", Winner)
@pytest.mark.parametrize("cleared", Side)
def test_an_edit_outlives_a_clearing_and_the_clearing_is_logged(winner, cleared):
    values = Pair.only(cleared, "", "Countess")
    policy = PLAIN.but(winners={"job_title": winner, "nickname": winner})

    result = both(
        ADA.but(nickname=values.hub), ADA.but(nickname=values.spoke), ADA.but(nickname="A"), policy
    )

    assert result.wanted == Pair(ADA.but(nickname="Countess"), ADA.but(nickname="Countess"))
    assert log(result) == [(cleared.value, "nickname", "(cleared)")]


def test_a_clearing_on_both_sides_is_none_to_speak_of():
    result = both(ADA.but(job_title=""), ADA.but(job_title=""))

    assert (result.fields, result.lost) == (Pair(frozenset(), frozenset()), ())


def test_after_a_restore_a_difference_is_asked_about():
    the_terms = terms(PLAIN, restored=True)

    result = both(ADA.but(surname="King"), ADA.but(surname="Byron"), the_terms=the_terms)

    assert result.holds[0].question is Question.FIELD
    assert result.frozen == {"surname"}


def test_after_a_restore_two_numbers_are_asked_about_as_well():
    the_terms = terms(PLAIN, restored=True)
    [number] = ADA.phones

    def dialled(value):
        return ADA.but(phones=(Phone(value, number.kind),))

    result = both(dialled("+1 555 0100"), dialled("+1 555 0199"), the_terms=the_terms)

    assert result.frozen == {"phones"}


# questions


def clash(policy=PLAIN):
    return {"hub_now": ADA.but(nickname="A"), "book_now": ADA.but(nickname="B"), "policy": policy}


@pytest.mark.parametrize(("choice", "stays"), [("hub", "A"), ("spoke", "B")])
def test_an_answer_decides(choice, stays):
    [hold] = both(**clash()).holds
    answered = answering(terms(PLAIN), hold, choice=choice)

    result = both(ADA.but(nickname="A"), ADA.but(nickname="B"), the_terms=answered)

    assert result.wanted.hub.nickname == result.wanted.spoke.nickname == stays
    assert len(result.lost) == 1
    assert (result.holds, len(result.answered)) == ((), 1)


def test_an_answer_to_something_else_is_void():
    [hold] = both(**clash()).holds
    answered = answering(terms(PLAIN), hold, choice="hub")

    result = both(ADA.but(nickname="A"), ADA.but(nickname="C"), the_terms=answered)

    assert result.holds


def test_a_word_that_was_never_offered_decides_nothing():
    [hold] = both(**clash()).holds

    assert both(
        ADA.but(nickname="A"),
        ADA.but(nickname="B"),
        the_terms=answering(terms(PLAIN), hold, choice="perhaps"),
    ).holds


def test_other_fields_flow_around_a_question():
    result = both(ADA.but(nickname="A", office="1"), ADA.but(nickname="B", gender="f"))

    assert result.fields == Pair(frozenset({"gender"}), frozenset({"office"}))
    assert result.frozen == {"nickname"}


def test_what_waits_is_left_alone_on_both_sides():
    result = both(ADA.but(office="1"), ADA.but(gender="f"), held=frozenset({"office", "gender"}))

    assert result.fields == Pair(frozenset(), frozenset())
    assert result.frozen == {"office", "gender"}


def test_a_private_field_that_waits_is_left_alone_too():
    result = both(ADA.but(note="hers"), ADA.but(note="his"), held=frozenset({"note"}))

    assert result.fields.spoke == frozenset()
    assert result.frozen == {"note"}


# names and organisations


@pytest.mark.parametrize(
    ("hub_edit", "book_edit", "name"),
    [
        ({"given": "Augusta"}, {"suffix": "PhD"}, "Augusta Lovelace PhD"),  # disjoint
        ({"given": "Augusta"}, {"given": "Annabella"}, "Augusta Lovelace"),  # the hub wins
        ({"middle": "King"}, {"given": "Grace", "surname": "Hopper"}, "Ada King Lovelace"),
    ],
)
def test_two_persons_are_never_mixed(hub_edit, book_edit, name):
    result = both(ADA.but(**hub_edit), ADA.but(**book_edit))

    assert result.wanted.hub.derived_name == name
    assert result.wanted.spoke.derived_name == name


def test_a_unit_that_the_book_wins_is_the_books_as_a_whole():
    policy = PLAIN.but(winners=dict.fromkeys(("given", "surname", "middle"), Winner.SPOKE))

    result = both(ADA.but(middle="King"), ADA.but(given="Grace", surname="Hopper"), policy=policy)

    assert result.wanted.hub.derived_name == "Grace Hopper"
    assert ("hub", "middle", "King") in log(result)


def test_a_unit_is_one_question():
    policy = PLAIN.but(winners={"given": Winner.ASK})

    result = both(ADA.but(given="Augusta"), ADA.but(given="Grace", surname="Hopper"), policy=policy)

    assert [hold.topic for hold in result.holds] == [":whole name"]
    assert result.frozen == {"given", "surname"}
    assert result.holds[0].values == Pair("Augusta Lovelace", "Grace Hopper")


@pytest.mark.parametrize("choice", ["hub", "spoke"])
def test_the_answer_to_a_unit_decides_all_of_it(choice):
    policy = PLAIN.but(winners={"given": Winner.ASK})
    edits = ADA.but(given="Augusta"), ADA.but(given="Grace", surname="Hopper")
    [hold] = both(*edits, policy=policy).holds

    result = both(*edits, the_terms=answering(terms(policy), hold, choice=choice))

    expected = {"hub": "Augusta Lovelace", "spoke": "Grace Hopper"}[choice]
    assert result.wanted.hub.derived_name == result.wanted.spoke.derived_name == expected


def test_a_new_employer_takes_the_title_along():
    job = ADA.but(company="Engines Ltd", job_title="Analyst")
    edits = job.but(department="Sums"), job.but(company="Looms Ltd", job_title="Weaver")
    hub_wins = PLAIN.but(winners=dict.fromkeys(("department", "job_title"), Winner.HUB))

    result = both(*edits, before=job, policy=hub_wins)

    assert both(*edits, before=job).holds[0].topic == ":whole organisation"

    assert result.wanted.hub.company == result.wanted.spoke.company == "Engines Ltd"
    assert result.wanted.spoke.job_title == "Analyst"


def test_an_edit_that_does_not_travel_makes_no_unit_clash():
    policy = PLAIN.but(directions={"company": Direction.TO_SPOKE})
    job = ADA.but(company="Engines Ltd")

    result = both(
        job.but(department="Sums"), job.but(company="Looms Ltd"), before=job, policy=policy
    )

    assert result.wanted.spoke.department == "Sums"
    assert result.wanted.spoke.company == "Looms Ltd"


@pytest.mark.parametrize("stop", ["held", "locked"])
def test_a_replaced_person_travels_whole_or_not_at_all(stop):
    locked = frozenset({"surname"})
    rights = Rights(viewer=ANN, locked=locked if stop == "locked" else frozenset())
    held = locked if stop == "held" else frozenset()

    result = both(ADA, ADA.but(given="Grace", surname="Hopper"), rights=rights, held=held)

    assert result.fields.hub == frozenset()
    assert result.frozen == {"given", "surname"}
    assert len(result.holds) == (1 if stop == "locked" else 0)


def test_two_clearings_of_the_last_names_do_not_travel():
    before = Contact(nickname="Addie", company="Acme")

    outcome = merged(before, Pair(before.but(nickname=""), before.but(company="")))

    assert outcome.wanted.hub.name
    assert outcome.wanted.spoke.name


def test_two_clearings_that_would_leave_nobody_are_a_conflict():
    result = both(
        ADA.but(given="", emails=(), phones=(), job_title=""),
        ADA.but(surname="", emails=(), phones=(), job_title=""),
    )

    assert result.wanted.hub.name
    assert result.wanted.spoke.name


def test_parts_with_unlike_rules_follow_the_strictest():
    policy = PLAIN.but(winners={"given": Winner.HUB, "surname": Winner.NEWEST})

    result = both(ADA.but(given="A", surname="B"), ADA.but(given="C", surname="D"), policy=policy)

    assert result.holds


def test_a_unit_in_which_one_side_only_cleared_is_the_others():
    result = both(ADA.but(surname=""), ADA.but(surname="Byron"), policy=PLAIN)

    assert result.wanted.hub.surname == "Byron"


# names that follow from others


@pytest.mark.parametrize(
    ("field", "typed", "travels"),
    [
        ("display_name", "Lovelace, Ada", False),
        ("display_name", "The Countess", True),
        ("file_as", "Lovelace, Ada (Engines)", False),
        ("file_as", "Countess", True),
        ("initials", "A.L.", False),
        ("initials", "X", True),
    ],
)
def test_what_the_parts_give_is_nobodys_edit(field, typed, travels):
    job = ADA.but(company="Engines")

    result = both(job, job.but(**{field: typed}), before=job)

    assert (field in result.fields.hub) == travels


def test_a_full_name_is_an_edit_where_the_hub_has_no_parts():
    before = Contact(display_name="Ada L.")

    result = both(before, Contact(display_name="Ada Lovelace"), before=before)

    assert result.wanted.hub.display_name == "Ada Lovelace"


def test_a_full_name_does_not_outlive_the_parts_that_gave_it():
    before = ADA.but(display_name="Ada Lovelace")

    result = both(before.but(surname="King"), before, before=before)

    assert result.wanted.spoke.name == "Ada King"
    assert result.fields.spoke == {"surname", "display_name"}


def test_a_full_name_that_does_not_travel_is_not_cleared_either():
    before = ADA.but(display_name="Ada Lovelace")
    policy = PLAIN.but(directions={"display_name": Direction.NONE})

    result = both(before.but(surname="King"), before, before=before, policy=policy)

    assert result.fields.spoke == {"surname"}


# shortened texts


LONG = "Met at the fair in spring. Likes engines, and poems by her father."
CUT = LONG[:27]
SHORT = Shape(lengths={"note": 27, "job_title": 9, "office": 4})
NOTES = PLAIN.but(directions={"note": Direction.BOTH})


def noted(hub_note, book_note, field="note", policy=NOTES, before=None, **rest):
    whole, part = before or (LONG, CUT)
    return merged(
        Pair(ADA.but(**{field: whole}), ADA.but(**{field: part})),
        Pair(ADA.but(**{field: hub_note}), ADA.but(**{field: book_note})),
        rest.pop("the_terms", None) or terms(policy, spoke=SHORT),
    )


def test_an_edit_of_the_beginning_leaves_the_rest():
    result = noted(LONG, CUT.replace("spring", "autumn"))

    assert result.wanted.hub.note == LONG.replace("spring", "autumn")
    assert result.lost == ()


def test_edits_of_beginning_and_end_meet():
    result = noted(LONG + " Tall.", CUT.replace("spring", "autumn"))

    assert result.wanted.hub.note == LONG.replace("spring", "autumn") + " Tall."


@pytest.mark.parametrize("winner", Winner)
def test_a_long_text_is_never_replaced_by_an_edited_short_one(winner):
    policy = NOTES.but(winners={"note": winner})

    result = noted("Something else altogether.", CUT.replace("spring", "autumn"), policy=policy)

    assert result.wanted.hub.note == "Something else altogether."
    assert bool(result.holds) == (winner is not Winner.HUB)


@pytest.mark.parametrize("direction", [Direction.BOTH, Direction.TO_HUB])
def test_clearing_a_shortened_note_asks(direction):
    result = noted(LONG, "", policy=NOTES.but(directions={"note": direction}))

    assert result.holds[0].question is Question.TRUNCATED


@pytest.mark.parametrize(
    ("field", "whole", "part"),
    [("job_title", "Analyst and programmer", "Analyst a"), ("office", "Block 12", "Bloc")],
)
def test_an_edit_of_half_a_value_asks(field, whole, part):
    result = noted(whole, part + "!", field=field, policy=PLAIN, before=(whole, part))

    assert result.holds[0].question is Question.TRUNCATED
    assert result.frozen == {field}


@pytest.mark.parametrize(("choice", "stays"), [("hub", "Analyst and programmer"), ("spoke", "X")])
def test_the_answer_about_half_a_value_decides(choice, stays):
    whole, part = "Analyst and programmer", "Analyst a"
    case = {"field": "job_title", "policy": PLAIN, "before": (whole, part)}
    [hold] = noted(whole, "X", **case).holds

    result = noted(
        whole, "X", the_terms=answering(terms(PLAIN, spoke=SHORT), hold, choice=choice), **case
    )

    assert result.wanted.hub.job_title == stays


def test_a_short_beginning_proves_no_shortening():
    result = noted("Block 12", "Tower", field="office", policy=PLAIN, before=("Block 12", "Blo"))

    assert result.wanted.hub.office == "Tower"


PARTED = Shape(without={"surname": ";", "categories": ",", "addresses": ";"})


JUNIOR = ADA.but(surname="O'Neill; Jr.", categories=("Rain, snow",))


def parted(book, hub=JUNIOR):
    shown = PARTED.fit(JUNIOR)
    return merged(Pair(JUNIOR, shown), Pair(hub, shown.but(**book)), terms(spoke=PARTED))


def test_a_sign_that_a_book_cant_hold_is_no_edit():
    assert PARTED.fit(JUNIOR).surname == "O'Neill, Jr."
    assert parted({}).fields == Pair(frozenset(), frozenset())


def test_an_edit_beside_a_sign_that_a_book_cant_hold_leaves_it():
    result = parted({"given": "Adele"})

    assert (result.wanted.hub.given, result.wanted.hub.surname) == ("Adele", "O'Neill; Jr.")
    assert result.wanted.hub.categories == ("Rain, snow",)


def test_an_edit_of_a_text_with_such_a_sign_goes_to_the_hub():
    result = parted({"surname": "O'Neill, Sr."})

    assert result.wanted.hub.surname == "O'Neill, Sr."
    assert result.fields == Pair(frozenset({"surname"}), frozenset())


def test_an_edit_in_the_hub_is_written_with_the_other_sign():
    home = Address(Kind.HOME, street="Elm; 1", city="Bonn")
    result = parted({}, hub=ADA.but(surname="O'Neill; Sr.", addresses=(home,)))

    assert result.wanted.spoke.surname == "O'Neill, Sr."
    assert result.wanted.spoke.addresses == (Address(Kind.HOME, street="Elm, 1", city="Bonn"),)


def test_a_text_is_sent_no_longer_than_the_book_can_hold():
    result = noted("New: " + LONG, CUT)

    assert result.wanted.spoke.note == ("New: " + LONG)[:27]


def test_an_edit_beyond_what_the_book_shows_is_not_sent():
    assert noted(LONG + " Tall.", CUT).fields.spoke == frozenset()


# private fields


def own(hub_now, book_now, owned=frozenset(), before=ADA, policy=PLAIN, base_policy=None):
    base = Pair(half(hub(before)), half(item(before, base_policy or policy)))
    return merge(base, Pair(hub(hub_now), item(book_now, policy)), terms(policy), owned=owned)


def test_a_private_field_follows_the_hub_until_its_user_edits_it():
    noted_down = ADA.but(note="old")

    follows = own(noted_down.but(note="new"), noted_down, before=noted_down)
    edits = own(noted_down.but(note="new"), noted_down.but(note="mine"), before=noted_down)
    owns = own(noted_down.but(note="new"), noted_down, frozenset({"note"}), before=noted_down)

    assert (follows.wanted.spoke.note, follows.owned) == ("new", frozenset())
    assert (edits.fields, edits.owned) == (Pair(frozenset(), frozenset()), {"note"})
    assert (owns.fields, owns.owned) == (Pair(frozenset(), frozenset()), {"note"})


def test_clearing_a_private_field_is_an_edit_of_it_too():
    noted_down = ADA.but(note="old")

    assert own(noted_down, ADA, before=noted_down).owned == {"note"}


def test_a_private_field_that_the_hub_cleared_is_cleared():
    noted_down = ADA.but(note="old")

    assert own(ADA, noted_down, before=noted_down).fields.spoke == {"note"}


OPEN = PLAIN.but(directions={"note": Direction.BOTH})


def test_what_was_private_is_not_opened_by_a_new_policy():
    noted_down = ADA.but(note="mine alone")

    result = own(ADA, noted_down, frozenset({"note"}), noted_down, OPEN, base_policy=PLAIN)

    assert result.wanted.hub.note == ""
    assert "mine alone" not in repr((result.edits, result.lost, result.holds))


def test_a_hub_value_is_not_taken_for_a_private_one_when_the_policy_changes():
    noted_down = ADA.but(note="of the hub")

    closed = own(noted_down, noted_down, before=noted_down, policy=PLAIN, base_policy=OPEN)
    opened = own(noted_down, noted_down, before=noted_down, policy=OPEN, base_policy=PLAIN)

    assert closed.owned == opened.owned == frozenset()
    assert closed.fields == opened.fields == Pair(frozenset(), frozenset())


def test_what_the_hub_writes_into_a_once_private_field_still_arrives():
    noted_down = ADA.but(note="old")

    result = own(noted_down.but(note="new"), noted_down, frozenset(), noted_down, OPEN, PLAIN)

    assert result.wanted.spoke.note == "new"
    assert result.edits[0].before == ""


# what a user may not do


def forbidden(choice=None, hub_now=ADA, book_now=None, locked=("job_title", "phones")):
    rights = Rights(viewer=ANN, locked=frozenset(locked))
    book_now = book_now or ADA.but(job_title="Countess")
    result = both(hub_now, book_now, rights=rights)
    if choice is None:
        return result
    given = answering(terms(PLAIN, rights=rights), *result.holds, choice=choice)
    return both(hub_now, book_now, the_terms=given)


def test_an_edit_that_its_user_may_not_make_waits():
    result = forbidden()

    assert result.holds[0].question is Question.PERMISSION
    assert (result.frozen, result.fields.hub) == ({"job_title"}, frozenset())


@pytest.mark.parametrize(("choice", "shows"), [("drop", "Analyst"), ("keep", "Countess")])
def test_a_forbidden_edit_is_taken_back_or_stays_in_the_book(choice, shows):
    result = forbidden(choice)

    assert result.wanted.hub.job_title == "Analyst"
    assert result.wanted.spoke.job_title == shows
    assert result.frozen == frozenset()
    assert bool(result.lost) == (choice == "drop")


NUMBER = Phone("+1 555 0100", PhoneKind.HOME)
ANOTHER = Phone("+1 555 0199", PhoneKind.CAR)


@pytest.mark.parametrize(
    ("choice", "hub_has", "book_has"),
    [
        (None, {ANOTHER}, {NUMBER}),
        ("drop", {ANOTHER}, {ANOTHER}),
        ("keep", {ANOTHER}, {NUMBER, ANOTHER}),
    ],
)
def test_a_forbidden_number_stops_no_edit_of_the_hub(choice, hub_has, book_has):
    hub_now = ADA.but(phones=(*ADA.phones, ANOTHER))
    book_now = ADA.but(phones=(*ADA.phones, NUMBER))

    result = forbidden(choice, hub_now, book_now)

    assert set(result.wanted.hub.phones) - set(ADA.phones) == hub_has
    assert set(result.wanted.spoke.phones) - set(ADA.phones) == book_has


def test_a_kind_that_travels_needs_permission_where_its_field_does_not_travel():
    policy = PLAIN.but(directions={"phones": Direction.TO_SPOKE, "phones.home": Direction.BOTH})
    rights = Rights(viewer=ANN, locked=frozenset({"phones"}))

    result = both(ADA, ADA.but(phones=(*ADA.phones, NUMBER)), policy=policy, rights=rights)

    assert result.fields.hub == frozenset()
    assert result.holds[0].question is Question.PERMISSION


def test_what_never_travels_needs_no_permission():
    policy = PLAIN.but(directions={"job_title": Direction.NONE, "phones": Direction.NONE})
    edited = ADA.but(job_title="Countess", phones=(*ADA.phones, NUMBER))

    result = both(ADA, edited, policy=policy, rights=Rights(viewer=ANN, edit=NOTHING))

    assert result.holds == ()


# drift


TO_BOOK = dict.fromkeys(("job_title", "phones", "emails", "categories"), Direction.TO_SPOKE)


@pytest.mark.parametrize("drift", Drift)
def test_an_edit_of_what_only_travels_to_the_book(drift):
    policy = PLAIN.but(directions=TO_BOOK, drift=drift)
    moved = Phone("+1 555 0100", PhoneKind.WORK)
    typed = ADA.but(job_title="Countess", phones=(moved, NUMBER), emails=())

    result = both(ADA, typed, policy=policy)

    assert result.fields.hub == frozenset()
    if drift is Drift.IGNORE:
        assert (result.fields.spoke, result.lost) == (frozenset(), ())
    else:
        assert result.wanted.spoke == ADA
        assert log(result) == [
            ("spoke", "job_title", "Countess"),
            ("spoke", "phones", "+1 555 0100 (work)"),
            ("spoke", "phones", "+1 555 0100 (home)"),
        ]


def test_a_users_own_categories_are_never_reverted():
    policy = PLAIN.but(directions=TO_BOOK, drift=Drift.REVERT)
    before = ADA.but(categories=("Key account",))

    result = both(before, before.but(categories=("Golf",)), before=before, policy=policy)

    assert result.wanted.spoke.categories == ("Golf", "Key account")


def test_reverting_leaves_alone_what_travels_by_its_kind():
    policy = PLAIN.but(directions={**TO_BOOK, "phones.home": Direction.BOTH}, drift=Drift.REVERT)

    result = both(ADA, ADA.but(phones=(*ADA.phones, NUMBER)), policy=policy)

    assert NUMBER in result.wanted.hub.phones


# what an adopted item keeps to itself


def adopted(hub_now, book_now, hub_was=ADA, book_was=ADA, policy=PLAIN):
    return merge(
        Pair(half(hub(hub_was)), half(item(book_was))),
        Pair(hub(hub_now), item(book_now)),
        terms(policy),
        adopted=True,
    )


OWN_TITLE = ADA.but(job_title="Poet and dreamer")


def test_a_value_that_only_its_user_knows_gives_way_unread():
    result = adopted(ADA.but(job_title="Programmer"), OWN_TITLE, book_was=OWN_TITLE)

    assert result.wanted.spoke.job_title == "Programmer"
    assert result.lost[0].private
    assert "Poet" not in repr(result.edits)


def test_an_edit_made_after_linking_may_be_read():
    result = adopted(ADA.but(surname="King"), OWN_TITLE.but(surname="Byron"), book_was=OWN_TITLE)

    assert [(one.value, one.private) for one in result.lost] == [("Byron", False)]


def test_numbers_that_only_their_user_knows_are_in_no_text():
    mine = Phone("+1 555 0142", PhoneKind.WORK)
    was = ADA.but(phones=(mine,))
    new = Phone("+44 20 7946 0009", PhoneKind.WORK)

    result = adopted(ADA.but(phones=(new,)), was, book_was=was)

    assert mine in result.wanted.spoke.phones
    assert new in result.wanted.spoke.phones
    assert "0142" not in repr((result.edits, result.lost))


def test_a_removal_in_the_hub_takes_no_number_that_only_its_user_knows():
    mine = Phone("+1 555 0142", PhoneKind.WORK)
    was = ADA.but(phones=(mine,))

    assert adopted(ADA.but(phones=()), was, book_was=was).wanted.spoke.phones == (mine,)


def test_a_question_shows_of_an_adopted_item_only_what_was_edited():
    policy = PLAIN.but(winners={"phones": Winner.ASK, "given": Winner.ASK})
    mine = Phone("+1 555 0142", PhoneKind.PAGER)
    was = ADA.but(phones=(*ADA.phones, mine), prefix="Lady")

    def dialled(value):
        return Phone(value, PhoneKind.WORK)

    result = adopted(
        ADA.but(given="Augusta", phones=(dialled("+44 1"),)),
        was.but(given="Annabella", phones=(dialled("+44 2"), mine)),
        book_was=was,
        policy=policy,
    )

    assert [hold.values.spoke for hold in result.holds] == [
        "(the user's own value) Annabella Lovelace",
        "+44 2 (work)",
    ]


def test_choosing_another_favourite_shares_no_private_number():
    mine = Phone("+1 555 0142", PhoneKind.PAGER)
    was = ADA.but(phones=(mine,))
    favoured = ADA.but(phones=(Phone(mine.value, mine.kind, preferred=True),))

    assert adopted(ADA, favoured, book_was=was).fields.hub == frozenset()


# other natures


def test_a_day_without_its_year_is_the_same_day():
    before = Pair(ADA.but(birthday=Day(12, 10, 1815)), ADA.but(birthday=Day(12, 10)))

    quiet = merged(before, before, terms(PLAIN))
    moved = merged(before, Pair(ADA.but(birthday=Day(1, 2, 1990)), before.spoke), terms(PLAIN))

    assert quiet.fields == Pair(frozenset(), frozenset())
    assert (moved.wanted.spoke.birthday, moved.lost) == (Day(1, 2, 1990), ())


def test_a_picture_that_gives_way_is_noted():
    ours, theirs = Photo("a" * 64), Photo("b" * 64)

    result = both(ADA.but(photo=ours), ADA.but(photo=theirs))

    assert log(result) == [("spoke", "photo", "picture bbbbbbbb")]


def test_a_field_that_is_hidden_from_the_user_does_not_exist_here():
    rights = Rights(viewer=ANN, hidden=frozenset({"job_title"}))

    result = both(ADA.but(job_title="A"), ADA.but(job_title="B"), rights=rights)

    assert result.fields == Pair(frozenset(), frozenset())


def test_an_item_without_a_base_meets_the_hub_as_a_stranger():
    seen = Pair(hub(ADA), item(Contact(surname="Byron", emails=(Email("b@x.org", Kind.HOME),))))

    result = merge(Pair(NOTHING_YET, NOTHING_YET), seen, terms(PLAIN))

    assert result.wanted.spoke.surname == "Lovelace"
    assert len(result.wanted.hub.emails) == 2
