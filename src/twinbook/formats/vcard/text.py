"""The escapes of vCard text, in its two dialects, and what Twinbook takes as equal text.

vCard 3.0 and 4.0 escape a backslash, a comma, a semicolon and a line break. vCard 2.1
(`old`) escapes a semicolon and nothing else: a backslash before any other character is a
backslash, and a line break travels in quoted-printable.

Sources: RFC 6350 section 3.4, RFC 2426 section 4, vCard 2.1 section 2.1.4.
"""

import re
import unicodedata
from collections.abc import Sequence

_ESCAPE = re.compile(r"\\([\\,;:nN])")
_SPECIAL = re.compile(r"[\\,;\n]")
_OLD_ESCAPE = re.compile(r"\\([;,:])")
_OLD_SPECIAL = re.compile(r";|(?<=\\)[,:]")
_OLD_URI_SPECIAL = re.compile(r"(?<=\\)[;,:]")
_LONE_COMMA = re.compile(r"(?<!\\),")
_URI_SPECIAL = re.compile(r"[\\\n]")
_OLD_SPLIT = {mark: re.compile(rf"(?<!\\){mark}") for mark in ";,"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WRITES = {"\\": r"\\", ",": r"\,", ";": r"\;", "\n": r"\n"}


def unescape(text: str, *, old: bool = False) -> str:
    r"""What the text on the wire means.

    >>> unescape(r"a\,b\;c\nd\\e"), unescape(r"a\;b\\c", old=True)
    ('a,b;c\nd\\e', 'a;b\\\\c')
    """
    if "\\" not in text:
        return text
    if old:
        return _OLD_ESCAPE.sub(r"\1", text)
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def escape(text: str, *, old: bool = False) -> str:
    """The text as a value that isn't structured."""
    if old:
        return _OLD_SPECIAL.sub(r"\\\g<0>", text)
    return _SPECIAL.sub(lambda found: _WRITES[found[0]], text)


def escape_part(text: str, *, old: bool = False) -> str:
    """The text as one component of a structured value."""
    # In vCard 2.1 a backslash at the end would escape the mark behind it.
    escaped = escape(text, old=old)
    return _guarded(escaped, old=True) if old and text.endswith("\\") else escaped


def escape_word(text: str, *, old: bool = False) -> str:
    """The text as one element of a list between commas."""
    part = escape_part(text, old=old)
    return _LONE_COMMA.sub(r"\\,", part) if old else part


def escape_uri(text: str, *, old: bool = False) -> str:
    """A web address: no escapes, except where it holds what no web address may hold."""
    if old:
        return _OLD_URI_SPECIAL.sub(r"\\\g<0>", text)
    return _URI_SPECIAL.sub(lambda found: _WRITES[found[0]], text)


def split(text: str, mark: str, *, old: bool = False) -> list[str]:
    r"""The pieces between the marks that are not escaped, their escapes still in them.

    >>> split(r"Acme\; Inc.;Sales\\;", ";")
    ['Acme\\; Inc.', 'Sales\\\\', '']
    """
    if "\\" not in text:
        return text.split(mark)
    if old:
        return _OLD_SPLIT[mark].split(text)
    # Of the same length as the text, so that the marks stand in the same places.
    masked = text.replace("\\\\", "  ").replace("\\" + mark, "  ")
    found, start = [], 0
    for piece in masked.split(mark):
        found.append(text[start : start + len(piece)])
        start += len(piece) + 1
    return found


def joined(parts: Sequence[str], mark: str, *, old: bool = False) -> str:
    r"""Pieces on the wire as one text; none of them swallows the mark behind it.

    >>> joined(["stray \\", "b"], ";")
    'stray \\\\;b'
    """
    guarded = [_guarded(part, old=old) if part.endswith("\\") else part for part in parts[:-1]]
    return mark.join([*guarded, *parts[-1:]])


def _guarded(part: str, *, old: bool) -> str:
    if old:
        return part + " "
    strays = len(part) - len(part.rstrip("\\"))
    return part + "\\" * (strays % 2)


def clean(text: str) -> str:
    r"""The text as Twinbook keeps it: composed (NFC), LF, no control characters, no outer blanks.

    >>> clean(" Zoe\u0308\r\n\x00")
    'Zoë'
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    return tidy(text).strip()


def tidy(text: str) -> str:
    """Like `clean`, but blanks at both ends stay: for prose."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def one_of(text: str, *, old: bool = False) -> str:
    """The clean meaning of a piece of text on the wire."""
    return clean(unescape(text, old=old))


def listed(text: str, joiner: str, *, old: bool = False) -> str:
    """The clean meaning of a component that may be a list, as one text."""
    if "," not in text or old:
        return one_of(text, old=old)
    words = [one_of(word) for word in split(text, ",")]
    return joiner.join(word for word in words if word)
