"""What a write left behind is what the server shows afterwards, whatever it answered."""

from contextlib import closing, contextmanager
from types import MethodType

import pytest
from dishonest import Dishonest
from shelf import Reply

from twinbook.cards.marks import file_of, uid_of
from twinbook.formats import vcard
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.ids import LinkId
from twinbook.net.web import Login, Web
from twinbook.ports import Create, Doubt, Exists, Written
from twinbook.replicas.carddav import CardDavReplica
from twinbook.replicas.carddav.profile import Profile

CAUSE = Cause(actor=None, channel="test")
UNKNOWN, CAREFUL = Profile(), Profile(if_none_match=True)
ADA = Create(contact=Contact(surname="Ada", job_title="Analyst"), mark=LinkId("a" * 32))


def shouting(server, path, headers, body):
    """Keep every title in capitals, and say nothing of it."""
    return Dishonest.put(server, path, headers, body.replace(b"Analyst", b"ANALYST"))


def failing(server, path, headers, body):
    """Keep the card, and then break down."""
    Dishonest.put(server, path, headers, body)
    return Reply(500)


def deaf(server, path, headers, body):
    """Answer no query."""
    return (
        Reply(501)
        if b"addressbook-query" in body
        else Dishonest.report(server, path, headers, body)
    )


@contextmanager
def book(put=Dishonest.put, report=Dishonest.report, profile=UNKNOWN, **switches):
    """An empty book on a server with its own way of taking cards; and what the server keeps."""
    with Dishonest(**switches) as server:
        server.put, server.report = MethodType(put, server), MethodType(report, server)
        address = server.new_book()
        web = Web(address, Login("alice", "secret"))
        with closing(CardDavReplica(web, address, profile)) as replica:
            yield replica, server.kept(address)


def written(*how, **rest):
    """What became of a card, and what the server shows of it."""
    with book(*how, **rest) as (replica, _):
        (outcome,) = replica.write([ADA], CAUSE)
        return outcome, replica.find([ADA.mark]).get(ADA.mark)


@pytest.mark.parametrize("tells", [True, False], ids=["with a tag", "without"])
def test_the_echo_is_what_the_server_made_of_the_card(tells):
    outcome, shown = written(shouting, put_etag=tells)

    assert outcome == Written(shown)
    assert shown.contact.job_title == "ANALYST"


def test_a_card_that_was_taken_with_an_error_is_in_doubt():
    outcome, shown = written(failing)

    assert isinstance(outcome, Doubt)
    assert shown is not None


def test_a_new_name_that_is_told_needs_no_search():
    outcome, shown = written(Dishonest.put, deaf, renames="location")

    assert outcome == Written(shown)
    assert shown.id != file_of(ADA.mark)


def test_a_card_that_has_the_uid_already_is_the_item():
    with book() as (replica, kept):
        kept.put("other.vcf", bytes(vcard.new(ADA.contact, uid_of(ADA.mark))))

        assert list(replica.write([ADA], CAUSE)) == [Exists("other.vcf")]


def test_a_card_that_has_the_name_already_is_not_overwritten():
    with book(profile=CAREFUL) as (replica, kept):
        theirs = bytes(vcard.new(ADA.contact, "somebody's"))
        kept.put(file_of(ADA.mark), theirs)

        assert list(replica.write([ADA], CAUSE)) == [Exists(file_of(ADA.mark))]
        assert kept.cards[file_of(ADA.mark)][0] == theirs
