"""A server whose certificate can't be trusted is not signed in to, and the text says why."""

import ipaddress
import socket
import ssl
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


class Authority:
    """Signs certificates; nobody trusts it by itself."""

    def __init__(self, name):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.signed(self.name, self.key, is_authority=True)

    def signed(self, subject, key, days=30, names=(), *, is_authority=False):
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 60 * DAY)
            .not_valid_after(now + days * DAY)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def identity(self, place, days=30, names=(HERE,)):
        """A file with a server's key and its certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        certificate = self.signed(subject, key, days, names)
        return written(place, key, certificate)


def written(place, key, certificate):
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = place / f"{certificate.serial_number}.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def self_signed(place):
    lonely = Authority("lonely")
    certificate = lonely.signed(lonely.name, lonely.key, names=(HERE,))
    return written(place, lonely.key, certificate)


class Wrapped:
    """A server behind TLS. Its `context` may be given another certificate while it runs."""

    def __init__(self, port, identity):
        self.port = port
        self.show(identity)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.number = self.listener.getsockname()[1]

    def show(self, identity):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(identity)

    def serve(self):
        with suppress(OSError):
            while True:
                Thread(target=self.one, args=self.listener.accept()[:1], daemon=True).start()

    def one(self, plain):
        with (
            suppress(OSError),
            plain,
            self.context.wrap_socket(plain, server_side=True) as secure,
            socket.create_connection(("127.0.0.1", self.port)) as behind,
        ):
            Thread(target=pump, args=(behind, secure), daemon=True).start()
            pump(secure, behind)


def pump(here, there):
    with suppress(OSError):
        while data := here.recv(65536):
            there.sendall(data)
        there.shutdown(socket.SHUT_WR)


@contextmanager
def over_tls(server, identity):
    wrapped = Wrapped(server.web.server_port, identity)
    Thread(target=wrapped.serve, daemon=True).start()
    yield wrapped
    wrapped.listener.shutdown(socket.SHUT_RDWR)
    wrapped.listener.close()


@pytest.fixture(scope="module")
def ours():
    return Authority("ours")


def secure(url, wrapped):
    return f"https://127.0.0.1:{wrapped.number}/" + url.split("/", 3)[3]


def expired(ours, place):
    return ours.identity(place, days=-1)


def of_another_name(ours, place):
    return ours.identity(place, names=(x509.DNSName("dav.example.com"),))


def of_a_stranger(ours, place):
    return Authority("stranger").identity(place)


def of_itself(ours, place):
    return self_signed(place)


CERTIFICATES = {
    "expired": (expired, "has expired. Renew it there"),
    "for another name": (of_another_name, "for another name. Check the address"),
    "by a stranger": (of_a_stranger, "Give it with --ca FILE"),
    "by itself": (of_itself, "--ca FILE"),
}


@pytest.mark.parametrize(("make", "text"), CERTIFICATES.values(), ids=CERTIFICATES)
def test_nobody_signs_in_where_the_certificate_is_wrong(
    street, standin, ours, tmp_path, make, text
):
    authority = street.file("ca.pem", ours.pem)
    with over_tls(standin, make(ours, tmp_path)) as wrapped:
        result = street.connect("ann", secure(standin.new_book(), wrapped), "--ca", authority)

    assert result.status == 1
    assert text in result.err
    assert f"127.0.0.1:{wrapped.number}" in result.err
    assert street.json("book", "list") == []
    assert standin.seen == {}


def test_an_authority_of_ones_own_is_trusted_when_it_is_given(street, standin, ours, tmp_path):
    street.do("contact", "add", "given=Ada", "surname=Berg")
    authority = street.file("ca.pem", ours.pem)
    address = standin.new_book()
    with over_tls(standin, ours.identity(tmp_path)) as wrapped:
        unknown = street.connect("ann", secure(address, wrapped))
        known = street.connect("ann", secure(address, wrapped), "--ca", authority)
        street.do("sync")
        wrapped.show(expired(ours, tmp_path))
        later = street("sync")

    assert "Give it with --ca FILE" in unknown.err
    assert known.status == 0, known
    assert len(standin.cards(address)) == 1
    assert later.status == 1
    assert "has expired" in later.out
    assert street.states() == {"ann": "unreachable"}
    assert street.names() == ["Ada Berg"]


def test_a_file_that_holds_no_certificate_is_named(street, standin):
    file = street.file("ca.pem", "nothing of the kind")

    result = street.connect("ann", standin.new_book(), "--ca", file)

    assert result.status == 1
    assert "holds no certificate" in result.err
