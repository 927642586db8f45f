"""What went wrong on the way, in words that say what to do."""

import socket
import ssl

import httpx2

_CERTIFICATE = {
    10: "shows a certificate that has expired. Renew it there.",
    9: "shows a certificate that is not valid yet. Check the clocks of both machines.",
    18: "shows a certificate that it signed itself. Give that certificate with --ca FILE.",
    19: "shows a certificate of an authority nobody here knows. Give it with --ca FILE.",
    2: "shows a certificate of an authority nobody here knows. Give it with --ca FILE.",
    20: "shows a certificate of an authority nobody here knows. Give it with --ca FILE.",
    21: "shows a certificate of an authority nobody here knows. Give it with --ca FILE.",
    62: "shows a certificate for another name. Check the address.",
    64: "shows a certificate for another name. Check the address.",
}
"""By OpenSSL's verification codes (X509_V_ERR_…)."""


def in_words(error: BaseException) -> str:
    """The rest of a sentence that begins with the server's name.

    >>> in_words(httpx2.ReadTimeout("?"))
    'did not answer in time.'
    """
    cause = _innermost(error)
    match cause:
        case ssl.SSLCertVerificationError():
            return _CERTIFICATE.get(
                cause.verify_code, f"shows a certificate that can't be trusted ({cause.reason})."
            )
        case ssl.SSLError():
            return "speaks no TLS that we understand. Check whether the address is http or https."
        case socket.gaierror():
            return "has a name that nobody knows here. Check the address and the network."
        case ConnectionRefusedError():
            return "refuses the connection: no server runs there. Check the address, or start it."
        case _:
            return _by_kind(error)


def may_pass(error: BaseException) -> bool:
    """Whether the network failed in a way that may be over in a moment."""
    broken = isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError)
    return broken and not isinstance(_innermost(error), ssl.SSLError)


def _by_kind(error: BaseException) -> str:
    match error:
        case httpx2.ConnectTimeout():
            return "can't be reached. Check the network, and whether a firewall is in between."
        case httpx2.TimeoutException():
            return "did not answer in time."
        case httpx2.ConnectError():
            return "can't be reached. Check the network."
        case httpx2.LocalProtocolError() | httpx2.InvalidURL():
            return "gave a name or a version to an item that HTTP can't carry."
        case httpx2.DecodingError():
            return "sent an answer that can't be unpacked."
        case _:
            return (
                "broke the connection, or speaks no HTTP. If that goes on, check the address: "
                "the port, and whether it is http or https."
            )


def _innermost(error: BaseException) -> BaseException:
    """What an error began with."""
    seen = {id(error)}
    while (below := error.__cause__ or error.__context__) is not None and id(below) not in seen:
        seen.add(id(below))
        error = below
    return error
