"""Which encoding a file is in: by its mark, or by what most of its letters are.

Belongs here: telling the encoding. Does not belong here: splitting the text into records (`csv.py`).
"""

import codecs
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.ingest.reading.bounds import MAXIMUM_RECORD_BYTES
from pipelines.ingest.reading.file_bytes import FileBytes
from pipelines.ingest.reading.refused import Refused

FIRST_BEYOND_ASCII = 128
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True)
class Encoding:
    """What a file's bytes are text in. has_strays: a few of them are no text in it; each is read as `LOST_LETTER`."""

    name: str
    has_strays: bool = False


def encoding_of(path: Path) -> Encoding:
    """UTF-8 or UTF-16 by its mark; else UTF-8 where the whole file is, else what most of its letters are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with FileBytes(path) as content:
        block = content.read(MAXIMUM_RECORD_BYTES)
        marked = next((encoding for mark, encoding in _MARKS.items() if block.startswith(mark)), None)
        encoding = marked or _unmarked_utf_16(block) or "utf-8"
        try:
            while encoding == "utf-8" and block:
                is_within_letter = bool(decoder.getstate()[0])
                if is_within_letter or not block.isascii():
                    decoder.decode(_beyond_ascii(block))
                block = content.read(MAXIMUM_RECORD_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _encoding_of_most(path, is_marked=marked is not None)
    return Encoding(encoding)


def _encoding_of_most(path: Path, is_marked: bool) -> Encoding:
    """UTF-8 where more of a file's letters are whole in it than broken, else Windows-1252 on the same condition.

    Letters of one encoding are hardly ever whole in the other. Raises UnicodeError where a file is in neither, and Refused where
    it is not in the one it is marked as.
    """
    for name in ("utf-8",) if is_marked else ("utf-8", "cp1252"):
        letters, strays = _count_letters(path, name)
        if letters > strays:
            return Encoding(name, strays > 0)
    if is_marked:
        raise Refused("file.unreadable", "is marked as UTF-8 but holds other bytes")
    raise UnicodeError  # as any reader says that bytes are no text


def _count_letters(path: Path, encoding: str) -> tuple[int, int]:
    """How many letters beyond ASCII a file has in an encoding, and how many places where it is no text in it."""
    replacing, ignoring = (codecs.getincrementaldecoder(encoding)(errors) for errors in ("replace", "ignore"))
    letters = strays = 0
    with FileBytes(path) as content:
        is_last = False
        while not is_last:
            block = content.read(MAXIMUM_RECORD_BYTES)
            is_last, said = not block, _beyond_ascii(block)
            with_strays, without = replacing.decode(said, is_last), ignoring.decode(said, is_last)
            letters += len(without) - len(without.encode("ascii", "ignore"))
            strays += len(with_strays) - len(without)
    return letters, strays


def _beyond_ascii(block: bytes) -> bytes:
    """The bytes that tell encodings apart, and of the others the first of each run, which parts them; most are of no use to a decoder."""
    signs = np.frombuffer(block, np.uint8)
    beyond = np.flatnonzero(signs >= FIRST_BEYOND_ASCII)
    places = np.unique(np.concatenate([np.zeros(1, np.int64), beyond, beyond + 1]))
    telling: bytes = signs[places[places < len(signs)]].tobytes()
    return telling


def _unmarked_utf_16(block: bytes) -> str | None:
    """UTF-16 by its first letters: every other byte of a header in plain letters is zero."""
    even, odd = set(block[0:64:2]), set(block[1:64:2])
    if odd == {0} and 0 not in even:
        return "utf-16-le"
    return "utf-16-be" if even == {0} and 0 not in odd else None
