"""One request goes wrong: what the book says of it afterwards is true."""

from contextlib import closing, contextmanager

import pytest
from proxy import Fault, Proxy

from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Kind
from twinbook.model.ids import LinkId
from twinbook.model.keys import Key, KeyKind
from twinbook.net.web import Login, Web
from twinbook.ports import Create, Outdated, Remove, Removed, Update, Written
from twinbook.replicas.carddav import CardDavReplica, opening
from twinbook.replicas.carddav.opening import Access

pytestmark = pytest.mark.slow

ADA = Contact(given="Ada", job_title="Analyst", emails=(Email("ada@x.example", Kind.WORK),))
MARK = LinkId("0" * 31 + "a")
MAILBOX = Key(KeyKind.EMAIL, "ada@x.example")
CAUSE = Cause(actor=None, channel="test")


@pytest.fixture(scope="module")
def measured(server):
    access = Access(place=server.new_book("alice"), login="alice", password="secret", plain=True)
    with opening.found(access, None) as (web, place, digest):
        return opening.measured(web, place, LinkId("f" * 32), digest=digest)


@pytest.fixture
def proxy(server):
    with Proxy(server.url) as proxy:
        yield proxy


@pytest.fixture
def book(server, measured, proxy):
    address = proxy.through(server.new_book("alice"))
    with closing(CardDavReplica(Web(address, Login("alice", "secret")), address, measured)) as book:
        yield book


@pytest.fixture
def ada(book):
    (made,) = book.write([Create(contact=ADA, mark=MARK)], CAUSE)
    return made.record


@contextmanager
def every(proxy, method, fault, body=b""):
    """That fault for each request of a kind."""
    proxy.follow(
        iter(lambda: fault, None),
        when=lambda request: request.method == method and body in request.body,
    )
    yield
    assert proxy.seen[fault] > 0
    proxy.calm()


def title(ada, text):
    contact = ada.contact.but(job_title=text)
    return Update(id=ada.id, expected=ada.version, contact=contact, fields=frozenset({"job_title"}))


def test_a_question_about_marks_that_the_server_chokes_on_is_answered_all_the_same(
    book, proxy, server, ada
):
    server.ask("PUT", book.address + "x.vcf")
    with every(proxy, "REPORT", Fault.STORED_500, b"addressbook-query"):
        found = book.find([MARK, LinkId("nobody's")])

    assert {mark: one.id for mark, one in found.items()} == {MARK: ada.id}


def test_a_question_about_look_alikes_that_the_server_chokes_on_is_answered_all_the_same(
    book, proxy, ada
):
    with every(proxy, "REPORT", Fault.STORED_500, b"addressbook-query"):
        found = book.resembling([MAILBOX])

    assert [one.id for one in found[MAILBOX]] == [ada.id]


def test_an_update_that_arrives_twice_was_made(book, proxy, ada):
    with every(proxy, "PUT", Fault.DOUBLED_SECOND):
        (outcome,) = book.write([title(ada, "Countess")], CAUSE)

    assert isinstance(outcome, Written)
    assert outcome.record == book.read([ada.id])[ada.id]


def test_a_removal_that_arrives_twice_was_ours(book, proxy, ada):
    with every(proxy, "DELETE", Fault.DOUBLED_SECOND):
        (outcome,) = book.write([Remove(id=ada.id, expected=ada.version)], CAUSE)

    assert isinstance(outcome, Removed)
    assert b"Ada" in outcome.image


def test_an_update_or_a_removal_that_somebody_overtook_was_not_made(book, proxy, ada):
    (other,) = book.write([title(ada, "Countess")], CAUSE)

    for late in (title(ada, "Baroness"), Remove(id=ada.id, expected=ada.version)):
        (outcome,) = book.write([late], CAUSE)
        assert isinstance(outcome, Outdated)

    assert book.read([ada.id])[ada.id] == other.record
