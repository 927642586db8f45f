"""The physical lines of a file in any character set, one at a time, however long they are."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from twinbook.formats.tables.limits import LARGEST_ROW, PIECE

DAMAGE = "\udcff"  #: stands for bytes at the end that are no whole letter


def pieces(data: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file from its beginning, 64 KB at a time."""
    data.seek(0)
    while piece := data.read(PIECE):
        yield piece


def decoded(data: BinaryIO, codec: str) -> Iterator[str]:
    """The text of a file; where bytes are no letters stands half a surrogate pair."""
    errors = "surrogatepass" if codec.startswith(("utf-16", "utf-32")) else "surrogateescape"
    decoder = codecs.getincrementaldecoder(codec)(errors)
    for piece in pieces(data):
        yield _step(decoder, piece)
    yield _step(decoder, b"", final=True)


def _step(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> str:
    try:
        return decoder.decode(piece, final)
    except UnicodeDecodeError:
        decoder.reset()
        return DAMAGE


def lines(data: BinaryIO, codec: str, end: str) -> Iterator[str | None]:
    """Every line with its end, None for one that is longer than a row may be."""
    rest, is_long = "", False
    for text in decoded(data, codec):
        *whole, rest = (rest + text).split(end)
        for line in whole:
            yield None if is_long or len(line) > LARGEST_ROW else line + end
            is_long = False
        if len(rest) > LARGEST_ROW:
            rest, is_long = "", True
    if is_long or rest:
        yield None if is_long else rest
