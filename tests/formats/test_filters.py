"""Filters as text: what is written is read back, and what can't be read is explained."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinbook.formats.filters import NAMED, parse, write
from twinbook.model.errors import Invalid
from twinbook.model.filter import (
    ACTIVE,
    EVERYTHING,
    MINE,
    NOTHING,
    All,
    AnyOf,
    Attribute,
    Has,
    Not,
    Operator,
)

EMAIL = Has(Attribute.EMAIL, Operator.EXISTS)
ACME = Has(Attribute.COMPANY, Operator.STARTS, "Acme")
KEY = Has(Attribute.CATEGORY, Operator.CONTAINS, "key")

questions = st.builds(
    Has,
    st.sampled_from(Attribute),
    st.sampled_from([one for one in Operator if one is not Operator.EXISTS]),
    st.text(),
) | st.builds(Has, st.sampled_from(Attribute), st.just(Operator.EXISTS))
filters = st.recursive(
    questions | st.sampled_from([EVERYTHING, NOTHING]),
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(tuple).map(All)
        | st.lists(inner, min_size=2, max_size=3).map(tuple).map(AnyOf)
    ),
    max_leaves=12,
)


@given(filters)
def test_what_is_written_is_read_back(filter):
    assert parse(write(filter)) == filter


@given(st.text(alphabet='=~^?()"\\ andort emailcity\n') | st.text())
def test_every_other_text_is_refused_or_means_something(text):
    try:
        filter = parse(text)
    except Invalid:
        filter = EVERYTHING
    assert parse(write(filter)) == filter


@pytest.mark.parametrize(
    ("text", "filter"),
    [
        (
            'owner = me and (category ~ key or not company ^ "Acme")',
            All((MINE, AnyOf((KEY, Not(ACME))))),
        ),
        ("email ? or owner=me and category~key", AnyOf((EMAIL, All((MINE, KEY))))),
        ("EMAIL ? AND NOT NOT Email?", All((EMAIL, Not(Not(EMAIL))))),
        ('city = "and"', Has(Attribute.CITY, Operator.IS, "and")),
        (r'city = "a \"b\" \\ c"', Has(Attribute.CITY, Operator.IS, r'a "b" \ c')),
        ('city = ""', Has(Attribute.CITY, Operator.IS, "")),
        ("phone ^ +49", Has(Attribute.PHONE, Operator.STARTS, "+49")),
        ("((everything))", EVERYTHING),
        ("mine", All((ACTIVE, MINE))),
        ("team = mine", Has(Attribute.OWNER_TEAM, Operator.IS, "mine")),
        ("team and Visible", All((NAMED["team"], ACTIVE))),
    ],
)
def test_a_filter_reads_as_people_write_it(text, filter):
    assert parse(text) == filter


@pytest.mark.parametrize(
    ("text", "where", "wanted"),
    [
        ("", "at its end", "expected one of active, owner"),
        ("owner me", "at character 7, 'me'", "expected = ~ ^ or ? behind 'owner'"),
        ("colour = red", "at character 1, 'colour'", "expected one of active"),
        ("city = Paris Texas", "at character 14, 'Texas'", "expected 'and', 'or' or the end"),
        ("city =", "at its end", "expected a value"),
        ("(city ?", "at its end", "expected ')'"),
        ("city ? )", "at character 8, ')'", "expected 'and'"),
        ("city ? and", "at its end", "expected one of"),
        ('city = "Par', "at character 8, '\"Par'", "this quote has no end"),
        ("hello", "at character 1, 'hello'", "or everything, nothing, visible, mine, team"),
        ('"city" = x', "at character 1, 'city'", "expected one of"),
        ("(" * 1000, "at character 41, '('", "too deep"),
    ],
)
def test_what_is_wrong_is_shown_where_it_is(text, where, wanted):
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert where in str(caught.value)
    assert wanted in str(caught.value)
