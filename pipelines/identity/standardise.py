"""One normal form for names and postcodes, so that only real differences are compared.

Belongs here: how a name, a postcode or a sex is written before comparing, and how a name sounds.
Does not belong here: comparing, blocking, deciding.
Work is done on distinct values and joined back: a register has far fewer names than people.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Union

import jellyfish
import pyarrow as pa

_NOT_LETTERS = re.compile(r"[^A-Z]+")
_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]+")
_KNOWN_SEXES = ("1", "2")

Column = Union["pa.Array[Any]", "pa.ChunkedArray[Any]"]


def name(text: str) -> str | None:
    """Upper case, no accents, no punctuation, no spaces: `O'Néill ` is `ONEILL`. None where no letter is left."""
    plain = unicodedata.normalize("NFKD", text.upper())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_LETTERS.sub("", letters) or None


def postcode(text: str) -> str | None:
    """Upper case without spaces: `dd1  9sy` is `DD19SY`."""
    return _NOT_ALPHANUMERIC.sub("", text.upper()) or None


def sex(text: str) -> str | None:
    """1 or 2; not known and not specified are None, so that they speak neither for nor against."""
    return text.strip() if text.strip() in _KNOWN_SEXES else None


def sound(standard_name: str) -> str:
    """The soundex code of a standard name."""
    return jellyfish.soundex(standard_name)


def each(texts: Column, change: Callable[[str], str | None]) -> "pa.Array[Any]":
    """`change` applied to every distinct text, NULL for NULL."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    coded = whole.cast(pa.string()).dictionary_encode()
    changed = [change(str(text)) for text in coded.dictionary.to_pylist()]
    return pa.array(changed, pa.string()).take(coded.indices)
