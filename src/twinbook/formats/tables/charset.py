"""Which character set a file is written in: by its first bytes, by its rules, by its letters.

UTF-8 has rules that other text hardly ever keeps by chance, so it is believed when the whole
file keeps them. Windows' own sets have none; which one it is, `chardet` tells from the
letters and their neighbours (docs/decisions/0014-tables.md).
"""

import codecs
from dataclasses import dataclass
from typing import BinaryIO, Final

import chardet

from twinbook.formats.tables.lines import pieces
from twinbook.model.errors import Invalid

#: The sets that a person may name, and what each is called.
NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp932": "Shift-JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "EUC-KR (Korean)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "mac-roman": "Mac Roman",
}
_SAME: Final = {
    "iso8859-1": "cp1252", "iso8859-15": "cp1252", "ascii": "cp1252", "iso8859-2": "cp1250",
    "iso8859-16": "cp1250", "iso8859-7": "cp1253", "iso8859-9": "cp1254", "iso8859-8": "cp1255",
    "iso8859-6": "cp1256", "iso8859-13": "cp1257", "iso8859-4": "cp1257", "shift_jis": "cp932",
    "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "cp950": "big5",
    "utf_16_le": "utf-16-le", "utf_16_be": "utf-16-be",
}  # fmt: skip
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE: Final = 1 << 14  #: bytes of lines with letters beyond ASCII, from which a set is told
_LONGEST: Final = 400  #: bytes of one such line
_MOSTLY: Final = 20  #: letters of UTF-8 for each damaged one: a UTF-8 file with a scar
_USUAL: Final = "cp1252"
_AHEAD: Final = 1.75  #: so much more trust has a set that is not the usual one (decision 0014)
_SPACED: Final = 0.3  #: so much of one half of the bytes is nought in UTF-16 without a mark


@dataclass(frozen=True, slots=True)
class Charset:
    """A character set: Python's name for it, and how it was told, in words."""

    codec: str
    words: str


def charset(data: BinaryIO, *, named: str = "") -> Charset:
    """The character set of a file. `named` is what a person says it is. Raises Invalid."""
    if named:
        return _named(named)
    head = next(pieces(data), b"")
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return Charset(codec, NAMES[codec])
    if b"\0" in head and (codec := _spaced(head)):
        return Charset(codec, NAMES[codec])
    sample = _beyond_utf8(data)
    if sample is None:
        return Charset("utf-8", NAMES["utf-8"])
    if _is_mostly_utf8(sample):
        return Charset("utf-8", "UTF-8 with damaged letters")
    codec = _by_letters(sample)
    return Charset(codec, f"{NAMES[codec]}, as its letters suggest")


def _named(name: str) -> Charset:
    codec = _normal(name)
    if codec not in NAMES:
        raise Invalid(
            f"{name!r} is no character set that Twinbook reads. Name one of: {', '.join(NAMES)}."
        )
    return Charset(codec, NAMES[codec])


def _normal(name: str) -> str:
    if name.lower() in NAMES:
        return name.lower()
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return found if found in NAMES else _SAME.get(found, "")


def _spaced(head: bytes) -> str:
    """The byte order of UTF-16 without a mark, "" if it is no such text."""
    half = len(head) // 2
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[first::2].count(0) > _SPACED * half and head[1 - first :: 2].count(0) == 0:
            return codec
    return ""


def _beyond_utf8(data: BinaryIO) -> bytes | None:
    """Some lines with letters beyond ASCII, None if the whole file is UTF-8."""
    decoder, sample, is_utf8 = codecs.getincrementaldecoder("utf-8")(), bytearray(), True
    for piece in pieces(data):
        is_utf8 = is_utf8 and _accepts(decoder, piece)
        if not piece.isascii() and len(sample) < _SAMPLE:
            for line in piece.split(b"\n"):
                if not line.isascii() and len(sample) < _SAMPLE:
                    sample += _around(line) + b"\n"
        if not is_utf8 and len(sample) >= _SAMPLE:
            break
    return None if is_utf8 and _accepts(decoder, b"", final=True) else bytes(sample)


def _around(line: bytes) -> bytes:
    """The piece of a line in which its first letter beyond ASCII stands."""
    at = next(number for number, octet in enumerate(line) if octet > 127)  # noqa: PLR2004 - ASCII
    return line[max(0, at - _LONGEST // 2) :][:_LONGEST]


def _accepts(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "surrogateescape")
    damaged = sum("\udc80" <= letter <= "\udcff" for letter in text)
    letters = sum(not letter.isascii() for letter in text) - damaged
    return letters >= _MOSTLY * damaged


def _by_letters(sample: bytes) -> str:
    """The set that its letters suggest; Windows-1252 unless another is clearly ahead."""
    trust: dict[str, float] = {}
    for one in chardet.detect_all(sample, ignore_threshold=True):
        codec = _normal(one["encoding"] or "")
        if codec and not codec.startswith("utf"):
            trust[codec] = max(trust.get(codec, 0.0), one["confidence"])
    best = max(trust, key=lambda codec: trust[codec], default=_USUAL)
    return best if trust.get(best, 0.0) > _AHEAD * trust.get(_USUAL, 0.0) else _USUAL
