"""How bytes travel inside a value: character sets, quoted-printable, base64.

Sources: RFC 2045 section 6.7, vCard 2.1 section 2.1.4 and 2.1.5.
"""

import binascii
import re

_CHARSET = re.compile(
    r"(utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d|cp\d{3,5}|koi8-[ru]"
    r"|shift_jis|sjis|euc-jp|euc-kr|iso-2022-jp|gb2312|gbk|gb18030|big5)\Z",
    re.IGNORECASE,
)
_SOFT = re.compile(rb"=[ \t]*(?:\r{0,3}\n|\r)")
_BREAK = re.compile(rb"(?:\r{0,3}\n|\r)(?=[ \t])")
_BREAK_AND_BLANK = re.compile(rb"(?:\r{0,3}\n|\r)[ \t]")
_ESCAPED = re.compile(rb"=([0-9A-Fa-f]{2})")
# A line that a soft break begins must not look like the begin or the end of a card.
_NOT_PLAIN = re.compile(rb"[^ !-<>-~]|:(?= *VCARD)", re.IGNORECASE)
_QUOTED_LINE = 70  #: characters before a soft break; vCard 2.1 allows 76


def decode_bytes(value: bytes, charset: str | None = None) -> str:
    r"""Text from bytes: in the named character set, else UTF-8, else Windows' Western one.

    >>> decode_bytes(b"M\xfcller"), decode_bytes("Müller".encode())
    ('Müller', 'Müller')
    """
    if charset and not value.isascii() and _CHARSET.match(charset.strip()):
        try:
            return value.decode(charset.strip())
        except (UnicodeDecodeError, LookupError):
            pass
    try:
        return value.decode()
    except UnicodeDecodeError:
        return decode_western(value)


def decode_western(value: bytes) -> str:
    """Text from bytes of Windows-1252; its five empty places are read as Latin-1."""
    try:
        return value.decode("cp1252")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def decode_quoted(body: bytes, *, old: bool) -> bytes:
    r"""The bytes that quoted-printable stands for. What is no escape stays as it is.

    >>> decode_quoted(b"Stra=C3=\r\n=9Fe =", old=True).decode()
    'Straße '
    """
    flat = (_BREAK if old else _BREAK_AND_BLANK).sub(b"", _SOFT.sub(b"", body))
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), flat.removesuffix(b"="))


def encode_quoted(value: bytes, newline: bytes) -> bytes:
    """Quoted-printable with soft breaks, none of whose lines begins with a blank."""
    parts: list[bytes] = []
    length = 0
    for piece in _split_quoted(_NOT_PLAIN.sub(lambda found: b"=%02X" % found[0][0], value)):
        shown = b"=20" if length == 0 and parts and piece == b" " else piece
        if length + len(shown) > _QUOTED_LINE:
            parts.append(b"=" + newline)
            shown = b"=20" if piece == b" " else piece
            length = 0
        parts.append(shown)
        length += len(shown)
    if parts and parts[-1] == b" ":
        parts[-1] = b"=20"
    return b"".join(parts)


def _split_quoted(quoted: bytes) -> list[bytes]:
    return re.findall(rb"=[0-9A-F]{2}|.", quoted)


def decode_base64(body: bytes) -> bytes | None:
    """The bytes that base64 stands for, whatever blanks are in it; None if it is damaged."""
    for padding in (b"", b"=", b"=="):
        try:
            return binascii.a2b_base64(body + padding)
        except binascii.Error:
            continue
    return None


def encode_base64(value: bytes) -> bytes:
    """Base64 in one line."""
    return binascii.b2a_base64(value, newline=False)
