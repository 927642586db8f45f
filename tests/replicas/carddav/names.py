"""A server of the domain name system on loopback, with a few records."""

import socket
from contextlib import suppress
from threading import Thread

import dns.flags
import dns.message
import dns.resolver
import dns.rrset


class Names:
    """Answers with `records`: texts of records by name and kind; "" is a server that fails."""

    def __init__(self, **records):
        self.records = records
        self.asked = []

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.resolver = dns.resolver.Resolver(configure=False)
        self.resolver.nameservers = ["127.0.0.1"]
        self.resolver.port = self.socket.getsockname()[1]
        self.thread = Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.socket.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()

    def serve(self):
        with suppress(OSError):
            while True:
                data, whom = self.socket.recvfrom(4096)
                if not data:
                    return
                self.socket.sendto(self.answer(dns.message.from_wire(data)).to_wire(), whom)

    def answer(self, asked):
        (question,) = asked.question
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((question.name.to_text(), kind))
        reply = dns.message.make_response(asked)
        reply.flags |= dns.flags.RA
        texts = self.records.get(kind, [])
        if texts == "":
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif texts:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply
