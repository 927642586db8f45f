"""The letters of names, as far as scripts and keyboards differ.

`plain` takes out what a keyboard may lack, `folded` the choices that a language leaves open.
"""

import re
from functools import lru_cache

from anyascii import anyascii

from twinbook.reconcile.normal import fold

LONGEST = 200  #: so many characters of a name are looked at

_WORDS = re.compile(r"[a-z]+")
_UMLAUTS = re.compile(r"([aou])e")
_DIPHTHONGS = re.compile(r"[ae][iy]")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Text in lower-case ASCII letters, whatever script it was in; words stay apart.

    >>> plain("Zoë Łukasz"), plain("Шевченко"), plain("王小明")
    ('zoe lukasz', 'shevchenko', 'wangxiaoming')
    """
    text = text[:LONGEST]
    if not text.isascii():
        text = anyascii(fold(text))[:LONGEST]
    return text.lower().replace("'", "").replace("`", "")


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """The words of a name in plain letters.

    >>> words("O'Neill-Müller, José")
    ('oneill', 'muller', 'jose')
    """
    return tuple(_WORDS.findall(plain(text)))


@lru_cache(maxsize=65536)
def folded(word: str) -> str:
    """A plain word without the choices that a keyboard or an official makes.

    >>> folded("mueller"), folded("maier"), folded("meyer"), folded("dmitriy")
    ('muler', 'meier', 'meier', 'dmitri')
    """
    bare = _DIPHTHONGS.sub("ei", _UMLAUTS.sub(r"\1", word))
    return once(bare.replace("y", "i").replace("ck", "k"))


def once(word: str) -> str:
    """A word with no letter twice in a row.

    >>> once("anna")
    'ana'
    """
    return _TWICE.sub(r"\1", word)
