"""Outgoing HTTP for everybody: who may be asked, for how long, and what an error means."""

from twinbook.net.addresses import is_loopback, origin, server_of
from twinbook.net.web import Answer, Login, Web

__all__ = ["Answer", "Login", "Web", "is_loopback", "origin", "server_of"]
