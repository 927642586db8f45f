"""A CardDAV book keeps the promises of a replica, on real servers and on dishonest ones.

What a server does wrong is met twice: as it was measured, and by a profile that knows nothing.
"""

import pytest

from twinbook.testing.contract import PROMISES
from twinbook.testing.telling import many_items_come_in_pages_each_once

SWITCHES = {
    "nothing odd": {},
    "no ETag on PUT": {"put_etag": False},
    "no ETag on PUT of what is rewritten": {"put_etag": False, "rewrites": True},
    "a dishonest ETag on PUT": {"rewrites": True},
    "weak ETags": {"etag": 'W/"{}"'},
    "bare ETags": {"etag": "{}"},
    "ETags that count anew": {"etag_counts": True},
    "new names that are told": {"renames": "location"},
    "new names in silence": {"renames": "silently"},
    "If-Match ignored": {"if_match": False},
    "If-None-Match ignored": {"if_none_match": 0},
    "every condition ignored": {"if_match": False, "if_none_match": 0, "delete_conditions": False},
    "a UID in two cards": {"uid_taken": ""},
    "a taken UID without saying where": {"uid_taken": "bare"},
    "queries that find everything": {"filters": False},
    "Digest only": {"digest": True},
    "hrefs in lower case": {"encoding": "lower"},
    "hrefs encoded throughout": {"encoding": "all"},
    "whole URLs": {"hrefs": "SERVER{}"},
    "the book among its items": {"lists_itself": True},
    "multigets that leave some out": {"forgets": 2},
    "multigets that fail for one that is gone": {"all_or_404": True},
    "a book that has moved": {"redirect": "/new", "redirect_status": 308},
}
MEASURED_ONLY = {
    "no sync-collection": {"sync": False},
    "neither ctag nor sync": {"sync": False, "ctag": False},
    "pages that end with 507": {"page": 2},
    "unknown tokens answered with everything": {"expired": 207},
    "one ETag for all and for ever": {"etag": '"same"'},
}
# Each of these is met in others as well, so that `make test` stays quick: `make peers` has all.
SELDOM = {
    *("no ETag on PUT of what is rewritten", "ETags that count anew", "new names that are told"),
    *("If-Match ignored", "If-None-Match ignored", "a UID in two cards", "hrefs in lower case"),
    *("a taken UID without saying where", "no sync-collection"),
    "unknown tokens answered with everything",
}
# What a profile that knows nothing meets otherwise than the others.
TOLD_APART = {
    *("nothing odd", "a dishonest ETag on PUT", "bare ETags", "every condition ignored"),
    *("new names in silence", "multigets that leave some out"),
}


def case(switches, profile, *, often):
    return pytest.param(switches, profile, marks=() if often else pytest.mark.compat)


CASES = [
    *(case(one, "measured", often=one not in SELDOM) for one in SWITCHES | MEASURED_ONLY),
    *(case(one, "unmeasured", often=one in TOLD_APART) for one in SWITCHES),
]
QUICK = tuple(one for one in PROMISES if one is not many_items_come_in_pages_each_once)
PROFILES = ("measured", pytest.param("unmeasured", marks=pytest.mark.compat))


def named(promise):
    return promise.__name__


@pytest.mark.parametrize("promise", QUICK, ids=named)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", ["radicale", "xandikos"])
def test_a_real_server_keeps_the_promises(promise, profile, kind, request):
    stand = request.getfixturevalue(kind)

    with stand.opened(getattr(stand, profile)) as replica:
        promise(replica)


@pytest.mark.parametrize("promise", QUICK, ids=named)
@pytest.mark.parametrize(("switches", "profile"), CASES)
def test_what_servers_do_wrong_breaks_no_promise(promise, profile, switches, standins):
    stand = standins(**(SWITCHES | MEASURED_ONLY)[switches])

    with stand.opened(getattr(stand, profile)) as replica:
        promise(replica)


@pytest.mark.slow
@pytest.mark.parametrize("switches", [{}, {"sync": False}, {"page": 100}], ids=str)
def test_many_items_come_in_pages_each_once(switches, standins):
    stand = standins(**switches)

    with stand.opened(stand.measured) as replica:
        many_items_come_in_pages_each_once(replica)


@pytest.mark.compat
@pytest.mark.parametrize("kind", ["radicale", "xandikos"])
def test_many_items_come_in_pages_from_a_real_server(kind, request):
    stand = request.getfixturevalue(kind)

    with stand.opened(stand.measured) as replica:
        many_items_come_in_pages_each_once(replica)
