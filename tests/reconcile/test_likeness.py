"""How alike two people are: the kinds of doubles that real address books have, and the others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinbook.model.contact import Address, Contact, Day, Email, Messenger, Phone, PhoneKind
from twinbook.reconcile.likeness import LEAST, SURE, compare, likeness
from twinbook.reconcile.signs import SIGNS, Sign
from twinbook.reconcile.traits import Block, BlockKind, blocks_of, traits_of

FIRM = "Kessler & Söhne KG"
HOUSE = (Address(street="Lindenweg 3", postal_code="50667", city="Köln"),)


def mobile(number="+49 171 7654321"):
    return (Phone(number, PhoneKind.MOBILE),)


def line(number="+49 221 7654321"):
    return (Phone(number, PhoneKind.WORK),)


def mails(*values):
    return tuple(map(Email, values))


def person(name, **more):
    given_, _, surname = name.partition(" ")
    return Contact(given=given_, surname=surname, **more)


BOB = person("Robert Miller", company="Acme Inc.", phones=mobile())
OWN = mails("r.miller@acme.example")

DOUBLES = {
    "the same name and mobile number": (BOB, person("Robert Miller", phones=mobile())),
    "a number with and without its country": (
        BOB, person("Robert Miller", phones=mobile("0171/765 4321"))),
    "a nickname": (BOB, person("Bob Miller", phones=mobile())),
    "a nickname of another country": (
        person("José García", phones=mobile()), person("Pepe García", phones=mobile())),
    "a nickname in another script": (
        person("Александр Жуков", phones=mobile()), person("Sasha Zhukov", phones=mobile())),
    "a nickname in its own field": (
        person("Wilhelmina Aab", nickname="Billie", phones=mobile()),
        person("Billie Aab", phones=mobile())),
    "a short form that no table knows": (
        person("Wolfhard Beck", phones=mobile()), person("Wo Beck", phones=mobile())),
    "a slip in the surname": (BOB, person("Robert Mliler", phones=mobile())),
    "a slip in the given name": (BOB, person("Robrt Miller", phones=mobile())),
    "names that changed places": (BOB, person("Miller Robert", phones=mobile())),
    "surname first": (BOB, Contact(display_name="Miller, Robert", phones=mobile())),
    "a name in one piece, with its title": (
        BOB, Contact(display_name="Dr. Robert Miller", phones=mobile())),
    "surname first, without a comma": (
        person("Xiaoming Wang", phones=mobile()),
        Contact(display_name="Wang Xiaoming", phones=mobile())),
    "Chinese script": (
        person("Xiaoming Wang", phones=mobile()),
        Contact(display_name="王小明", phones=mobile())),
    "Japanese script, told by its sound": (
        person("Hiroshi Tanaka", phones=mobile()),
        Contact(given="浩", surname="田中", phonetic_given="ヒロシ", phonetic_surname="タナカ",
                phones=mobile())),
    "Arabic script, without vowels": (
        person("Mohammed Nasser", phones=mobile()), person("محمد ناصر", phones=mobile())),
    "Cyrillic as Germans write it": (
        person("Дмитрий Шевченко", phones=mobile()),
        person("Dimitri Schewtschenko", phones=mobile())),
    "umlauts written out": (
        person("Jürgen Schäfer", phones=mobile()), person("Juergen Schaefer", phones=mobile())),
    "umlauts left out": (
        person("Jürgen Schäfer", phones=mobile()), person("Jurgen Schafer", phones=mobile())),
    "a woman's surname as Czechs write it": (
        person("Tereza Novák", phones=mobile()), person("Tereza Nováková", phones=mobile())),
    "a surname with and without what stands before it": (
        person("Willem van der Berg", phones=mobile()), person("Willem Berg", phones=mobile())),
    "two surnames and one": (
        person("Ana García López", phones=mobile()), person("Ana García", phones=mobile())),
    "an initial": (
        person("Robert Miller", emails=OWN), person("R. Miller", emails=OWN)),
    "a married name": (
        person("Petra Brandt", emails=mails("petra.b@mail.example"), phones=mobile()),
        person("Petra Lang", emails=mails("petra.b@mail.example"), phones=mobile())),
    "a new surname with the old one": (
        person("Petra Brandt", phones=mobile()), person("Petra Lang-Brandt", phones=mobile())),
    "another company": (BOB, person("Robert Miller", company="Zephyr", phones=mobile())),
    "a mailbox without a name": (
        person("Robert Miller", emails=mails("robert.miller@acme.example")),
        Contact(emails=mails("robert.miller@acme.example"))),
    "Gmail's free dots and a tag": (
        person("Robert Miller", emails=mails("robmiller@gmail.com")),
        person("Robert Miller", emails=mails("rob.miller+news@googlemail.com"))),
    "the same messenger": (
        person("Robert Miller", messengers=(Messenger("bobby", "skype"),)),
        person("Rob Miller", messengers=(Messenger("Bobby", "skype"),))),
}  # fmt: skip


@pytest.mark.parametrize("kind", DOUBLES)
def test_a_double_with_something_of_ones_own_is_likely(kind):
    found = likeness(*DOUBLES[kind])

    assert found.score >= 67, found.reasons


PERHAPS = {
    "a private and a work mailbox": (
        person("Roswitha Kling", company=FIRM, emails=mails("r.kling@kessler.example")),
        person("Roswitha Kling", emails=mails("sunny@free.example"))),
    "the name and the company": (
        person("Roswitha Kling", company="Kessler"),
        person("Roswitha Kling", company="KESSLER AG")),
    "father and son, one name, one house, one line": (
        person("Karl Brand", addresses=HOUSE, phones=line()),
        person("Karl Brand", addresses=HOUSE, phones=line())),
    "father and son, of whom only one says so": (
        person("Karl Brand", addresses=HOUSE, phones=line()),
        person("Karl Brand", suffix="jun.", addresses=HOUSE, phones=line())),
    "father and son with their mobile numbers": (
        person("Karl Brand", addresses=HOUSE, phones=line() + mobile()),
        person("Karl Brand", addresses=HOUSE, phones=line() + mobile("+49 171 1112223"))),
}  # fmt: skip


@pytest.mark.parametrize("kind", PERHAPS)
def test_what_a_namesake_may_share_is_a_question_and_never_sure(kind):
    found = likeness(*PERHAPS[kind])

    assert LEAST <= found.score < SURE, found.reasons


OTHERS = {
    "brothers with everything of the house": (
        person("Karl Brand", addresses=HOUSE, phones=line()),
        person("Otto Brand", addresses=HOUSE, phones=line())),
    "a couple with one mailbox": (
        person("Karl Brand", emails=mails("brand@free.example"), phones=line()),
        person("Ute Brand", emails=mails("brand@free.example"), phones=line())),
    "father and son, who say so": (
        person("Karl Brand", suffix="Sr.", addresses=HOUSE, phones=line() + mobile()),
        person("Karl Brand", suffix="Jr.", addresses=HOUSE, phones=line() + mobile())),
    "father and son in one piece": (
        Contact(display_name="Karl Brand sen.", phones=mobile()),
        Contact(display_name="Karl Brand jun.", phones=mobile())),
    "father and son by their birthdays": (
        person("Karl Brand", birthday=Day(3, 5, 1948), addresses=HOUSE, phones=line()),
        person("Karl Brand", birthday=Day(11, 21, 1975), addresses=HOUSE, phones=line())),
    "twins at one company": (
        person("Max Brand", company=FIRM, birthday=Day(2, 14, 1990), phones=line()),
        person("Moritz Brand", company=FIRM, birthday=Day(2, 14, 1990), phones=line())),
    "twins whose names are alike": (
        person("Anna Brand", company=FIRM, emails=mails("anna.brand@kessler.example"),
               birthday=Day(2, 14, 1990)),
        person("Anne Brand", company=FIRM, emails=mails("anne.brand@kessler.example"),
               birthday=Day(2, 14, 1990))),
    "a brother and a sister of nearly one name": (
        person("Daniel Brand", company=FIRM, phones=line()),
        person("Daniela Brand", company=FIRM, phones=line())),
    "one name in two companies": (
        person("Thomas Müller", company="Aster", emails=mails("thomas.mueller@aster.example")),
        person("Thomas Müller", company="Beryl", emails=mails("thomas.mueller@beryl.example"))),
    "one name twice in one company": (
        person("Thomas Müller", company=FIRM, emails=mails("thomas.mueller@kessler.example"),
               phones=mobile()),
        person("Thomas Müller", company=FIRM, emails=mails("thomas.mueller2@kessler.example"),
               phones=mobile("+49 171 1112223"))),
    "colleagues on one number": (
        person("Erika Falk", company=FIRM, phones=line()),
        person("Jonas Ritter", company=FIRM, phones=line())),
    "an assistant with the mailbox of another": (
        person("Robert Miller", company=FIRM, emails=OWN),
        person("Beate Kern", company=FIRM, emails=OWN)),
    "one shared mailbox": (
        person("Erika Falk", emails=mails("info@kessler.example")),
        person("Erik Falke", emails=mails("info@kessler.example"))),
    "Mr and Mrs": (
        person("A. Brand", prefix="Herr", addresses=HOUSE, phones=line()),
        person("A. Brand", prefix="Frau", addresses=HOUSE, phones=line())),
    "a company and one of its people": (
        Contact(company=FIRM, phones=line()), person("Erika Falk", company=FIRM, phones=line())),
    "two companies on one number": (
        Contact(company="Acorn Bank", phones=line()), Contact(company="Zenith", phones=line())),
    "an initial and a company": (
        person("John Smith", company=FIRM), person("J. Smith", company=FIRM)),
    "two given names of which the second is the other's first": (
        person("Dong-hyun Choi", company=FIRM), person("Hyun-woo Choi", company=FIRM)),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_two_people_are_not_proposed_whatever_they_share(kind):
    found = likeness(*OTHERS[kind])

    assert found.score < LEAST, found.reasons


def test_what_many_people_have_tells_nothing():
    one, other = (person(name, phones=line()) for name in ("Robert Miller", "R. Miller"))
    board = Block(BlockKind.NUMBER, next(iter(traits_of(one).lines)))

    assert Sign.NUMBER in likeness(one, other).signs
    assert Sign.NUMBER not in likeness(one, other, {board}).signs


def test_a_name_that_many_people_have_tells_less():
    one, other = person("Anna Nowak"), person("Anna Nowak")
    name = Block(BlockKind.NAME, traits_of(one).name.letters)

    alone, among_many = likeness(one, other), likeness(one, other, {name})

    assert among_many.score < LEAST <= alone.score
    assert "the name is a common one" in among_many.reasons


def test_reasons_are_words_without_any_value():
    found = likeness(BOB, person("Bob Miller", company="Zephyr", phones=mobile()))

    assert found.reasons == (
        "names that are short for one another and the same mobile number, but different companies"
    )


def test_every_sign_has_its_meaning():
    assert set(SIGNS) == set(Sign)


WORDS = (
    "",
    "Anna",
    "Anne",
    "Bob Robert",
    "Lee",
    "Li",
    "J.",
    "Müller",
    "Mueller-Lee",
    "Sasha",
    "小明",
)
named = st.builds(
    Contact,
    given=st.sampled_from(WORDS),
    surname=st.sampled_from(WORDS),
    nickname=st.sampled_from(WORDS),
    display_name=st.sampled_from((*WORDS, "Lee, Anna", "Dr. Bob van Lee jr.", "Anna Robert Li")),
    company=st.sampled_from(("", "Acme", "Acme Tools", "Aucme")),
    emails=st.sampled_from(((), mails("anna.lee@acme.example"), mails("anna.lea@acme.example"))),
    phones=st.sampled_from(((), mobile(), line())),
    birthday=st.sampled_from((None, Day(1, 2), Day(1, 2, 1990), Day(1, 3, 1990))),
)


@given(named, named)
@settings(max_examples=300)
def test_the_order_of_the_two_does_not_count(one, other):
    assert likeness(one, other) == likeness(other, one)


@given(named)
def test_two_copies_of_a_named_person_share_a_block_and_contradict_in_nothing(one):
    traits = traits_of(one)
    if traits.name.words:
        assert set(blocks_of(traits))
        assert not compare(traits, traits).is_contradicted


@pytest.mark.parametrize("kind", [*DOUBLES, *PERHAPS])
def test_whoever_is_worth_a_question_shares_a_block(kind):
    one, other = (set(blocks_of(traits_of(it))) for it in {**DOUBLES, **PERHAPS}[kind])

    assert one & other
