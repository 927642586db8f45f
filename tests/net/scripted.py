"""A server on loopback that answers with the bytes that a function gives it."""

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]  #: by name in lower case
    body: bytes


def says(status=200, body=b"", **headers):
    """The bytes of an answer; `retry_after=…` is the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in named.items())]
    if "transfer-encoding" not in named:
        lines.append(f"Content-Length: {named.get('content-length', len(body))}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@dataclass
class Scripted:
    """Answers each request with `script(asked)`: bytes, pieces of them, or None to hang up."""

    script: object
    context: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    accepted: int = 0
    open: int = 0

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=32)
        self.port = self.socket.getsockname()[1]
        self.scheme = "https" if self.context else "http"
        self.url = f"{self.scheme}://127.0.0.1:{self.port}/"
        self.connections = []
        Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for one in self.connections:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def accept(self):
        with suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.accepted += 1
                self.connections.append(connection)
                Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        self.open += 1
        with suppress(OSError), connection:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                while asked := read(stream):
                    self.asked.append(asked)
                    answer = self.script(asked)
                    if answer is None:
                        break
                    for piece in [answer] if isinstance(answer, bytes) else answer:
                        connection.sendall(piece)
        self.open -= 1


def read(stream):
    """The next request, None at the end."""
    line = stream.readline().decode("latin-1").split()
    if len(line) != 3:
        return None
    headers = {}
    while name := (told := stream.readline().decode("latin-1")).partition(":")[0].strip():
        headers[name.lower()] = told.partition(":")[2].strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Asked(line[0], line[1], headers, body)
