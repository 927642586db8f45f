"""An item is gone only where its book still is: a removed book is no removal of its items."""

import pytest

from twinbook.model.errors import CursorExpired, Emptied
from twinbook.replicas.carddav.profile import Profile
from twinbook.testing.hands import news, put
from twinbook.testing.servers import ask

LOGIN = ("alice", "secret")


@pytest.fixture(params=["radicale", "xandikos", "a stand-in", "a stand-in without multiget"])
def stand(request, standins):
    if request.param.startswith("a stand-in"):
        return standins(forgets=1) if "without" in request.param else standins()
    return request.getfixturevalue(request.param)


def remove(address):
    assert ask("DELETE", address, login=LOGIN).status in (200, 204)


@pytest.mark.parametrize("profile", ["measured", "unmeasured"])
@pytest.mark.parametrize("look", ["changes", "read", "find"])
def test_nothing_is_concluded_from_a_book_that_is_gone(stand, look, profile):
    address = stand.new_book()
    with stand.opened(getattr(stand, profile), address) as replica:
        record = put(replica)
        _, cursor = news(replica, None)
        remove(address)

        looks = {
            "changes": lambda: list(replica.changes(cursor)),
            "read": lambda: replica.read([record.id]),
            "find": lambda: replica.find([record.mark]),
        }
        with pytest.raises(Emptied, match="There is no address book at"):
            looks[look]()


@pytest.mark.parametrize("status", [403, 409, 410, 412])
@pytest.mark.parametrize("says", [True, False])
def test_a_forgotten_token_is_an_expired_cursor(standins, status, says):
    stand = standins(expired=status, expired_says=says)
    with stand.opened(stand.measured) as replica:
        record = put(replica)
        _, cursor = news(replica, None)
        stand.server.expire()

        with pytest.raises(CursorExpired):
            list(replica.changes(cursor))
        pages, _ = news(replica, None)

    assert [one.id for page in pages for one in page.announced] == [record.id]


def test_a_server_that_stops_telling_changes_is_asked_for_everything(standins):
    stand = standins(page=3)
    with stand.opened(stand.measured) as replica:
        record = put(replica)
        _, cursor = news(replica, None)
        stand.server.switches.sync = False
        try:
            with pytest.raises(CursorExpired):
                list(replica.changes(cursor))
            pages, _ = news(replica, None)
        finally:
            stand.server.switches.sync = True

    assert [one.id for one in pages[-1].announced] == [record.id]
    assert pages[-1].complete


def test_what_stands_on_a_later_page_is_not_missing(standins):
    stand = standins(page=2)
    with stand.opened(Profile(syncs=True)) as replica:
        made = {put(replica, number=number).id for number in range(5)}
        pages, _ = news(replica, None)

    assert {one.id for page in pages for one in page.announced} == made
