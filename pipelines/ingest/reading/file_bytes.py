"""The bytes of a file as pyarrow's CSV reader takes them: unpacked, and mended where a few of them are no text.

Belongs here: reading blocks and counting them against their bounds. Does not belong here: which encoding it is
(`encoding.py`), what the text means.
"""

import codecs
import gzip
import io
from pathlib import Path
from typing import BinaryIO, Protocol

from pipelines.ingest.reading.bounds import check_unpacked

LOST_LETTER = "\ufffd"
"""What is read for bytes that are no text in the file's encoding."""


class Content(Protocol):
    """What is read of a file, block by block."""

    closed: bool

    def read(self, size: int) -> bytes: ...


class FileBytes:
    """The bytes of a file, unpacked and counted against their bound, and after them some of our own."""

    def __init__(self, path: Path, after: bytes = b"") -> None:
        self._packed_bytes = path.stat().st_size
        self._is_packed = path.name.lower().endswith(".gz")
        file = gzip.GzipFile(path) if self._is_packed else path.open("rb")
        self._parts: list[BinaryIO] = [file, io.BytesIO(after)]  # type: ignore[list-item]  # GzipFile reads as any binary file
        self._unpacked_bytes = 0
        self._tail = b""
        self.closed = False

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end: pyarrow takes a record for too long that goes on beyond a short block."""
        block = self._part(size)
        while len(block) < size and self._parts:
            block += self._part(size - len(block))
        return block

    def _part(self, size: int) -> bytes:
        block = self._parts[0].read(size) if self._parts else b""
        if len(self._parts) > 1:
            self._tail = (self._tail + block[-2:])[-2:]
        if self._parts and not block:
            self._parts.pop(0).close()
        self._unpacked_bytes += len(block)
        if self._is_packed:
            check_unpacked(self._unpacked_bytes, self._packed_bytes, ".csv.gz")
        return block

    @property
    def is_line_ended(self) -> bool:
        """Whether the file's own bytes end with a line end, in whatever encoding."""
        return self._tail.replace(b"\0", b"")[-1:] in (b"\n", b"\r")

    def close(self) -> None:
        self.closed = True
        for part in self._parts:
            part.close()

    def __enter__(self) -> "FileBytes":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class MendedBytes:
    """A file's bytes as UTF-8, with `LOST_LETTER` for what is no text in its encoding."""

    def __init__(self, content: FileBytes, encoding: str) -> None:
        self._content = content
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""
        self.closed = False

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        is_last = False
        while len(self._ready) < size and not is_last:
            block = self._content.read(size)
            is_last = not block
            self._ready += self._decoder.decode(block, is_last).encode()
        block, self._ready = self._ready[:size], self._ready[size:]
        return block

    def close(self) -> None:
        self.closed = True
