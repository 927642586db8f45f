"""What was measured is kept as text, and a text that can't be read trusts nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinbook.model.shape import ALL_FIELDS
from twinbook.replicas.carddav.profile import Profile, dump, load

FIELDS = st.sampled_from(sorted(ALL_FIELDS))
PROFILES = st.builds(
    Profile,
    banners=st.frozensets(st.text()),
    lost=st.frozensets(FIELDS),
    lengths=st.dictionaries(FIELDS, st.integers(1, 10**6)),
    at_most=st.dictionaries(FIELDS, st.integers(1, 100)),
    largest=st.integers(0, 1 << 60),
    slowest=st.floats(0, 1e6),
    shows_after=st.floats(0, 1e6),
    in_flight=st.integers(1, 16),
    **{name: st.booleans() for name, kind in Profile.__annotations__.items() if kind is bool},
)


@given(PROFILES)
def test_what_was_measured_is_read_back(profile):
    assert load(dump(profile)) == profile


UNREADABLE = ("[" * 100_000, '{"x":' * 100_000, '{"syncs": "yes"}', '{"lost": 1}', "null", "\ud800")


@given(st.text() | st.sampled_from(UNREADABLE))
def test_a_text_that_cant_be_read_trusts_nothing(text):
    assert load(text) == Profile()


def test_what_a_later_version_measured_besides_is_passed_over():
    assert load('{"syncs": true, "sings": true}') == Profile(syncs=True)


@pytest.mark.parametrize("trust", ["syncs", "has_ctag", "finds_uids", "searches", "echoes"])
def test_nothing_is_believed_of_a_server_that_was_not_measured(trust):
    assert getattr(Profile(), trust) is False


def test_what_is_lost_there_is_not_in_its_shape():
    shape = Profile(lost=frozenset({"photo"}), lengths={"note": 10}, at_most={"phones": 2}).shape

    assert ALL_FIELDS - shape.fields == {"photo"}
    assert (shape.lengths, shape.at_most) == ({"note": 10}, {"phones": 2})


def test_a_slow_server_is_given_time_before_a_write_counts_as_dead():
    assert Profile(slowest=0.01).settles_after == 1.0
    assert Profile(slowest=2.0, shows_after=3.0).settles_after >= 10 * 2.0 + 3.0
