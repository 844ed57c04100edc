"""Words from outside: what of a text names somebody, and what is published in its place.

Belongs here: searching texts, and files about to be published, for the words of `core.known_word`. Does not belong here: who is
known (`sql/core/known_word.sql`), what is said on a console (`pipelines/engine/said.py`).
Texts are cut into what may name somebody, and only that is looked up: the long lists of people are read once.
"""

import hmac
import html
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.engine.database import open_database
from pipelines.engine.said import WITHHELD, is_chi_number
from pipelines.engine.sql import parquet_rows
from pipelines.warehouse.key import key_of
from pipelines.warehouse.tables import Tables
from schemas.codes import WordKind

CHI, POSTCODE, CLIENT, NAME = WordKind.CHI, WordKind.POSTCODE, WordKind.CLIENT, WordKind.NAME
KINDS: dict[str, str] = {CHI: "CHI numbers", POSTCODE: "home postcodes"}
"""What no file may hold, in words."""
SHORTEST_JOINED = 3
"""A forename and a surname written as one word are told from other words where each has so many letters."""
GAP = 3
"""So many signs at the most part the words of one name or number."""
SHORTEST_CLIENT = 5
CLIENT_WORDS, NAME_WORDS, BETWEEN_NAMES = 4, 3, 2
"""Of how many words a client number, and a forename or surname, is at the most; how many others part forename and surname."""
_WORD, _LETTERS = re.compile(r"[^\W_]+"), re.compile(r"[^\W\d_]+")
_FIRST_DIGIT = re.compile(r"(?<![0-9])[0-9]")
_TEN_DIGITS = re.compile(r"[0-9](?:[\s/-]?[0-9]){9}(?![0-9])")
_NINE_DIGITS = re.compile(r"[0-9](?:[\s/-]?[0-9]){8}(?![0-9])")
"""A CHI number, and one that has lost its leading zero."""
_PLAIN_CHI = r"[0-9]{10}|[0-9]{6}[ -][0-9]{4}"
_PLAIN_POSTCODE = r"[A-Za-z]{1,2}[0-9][0-9A-Za-z]?[^0-9A-Za-z]{0,3}[0-9][A-Za-z]{2}"
_CHI_ALONE = re.compile(rf"(?<![0-9A-Za-z])(?:{_PLAIN_CHI})(?![0-9A-Za-z])")
_POSTCODE = re.compile(rf"(?<![0-9A-Za-z])(?:{_PLAIN_POSTCODE})(?![0-9A-Za-z])")
_EITHER = rf"\b({_PLAIN_CHI}|{_PLAIN_POSTCODE})\b"


@dataclass(frozen=True)
class Piece:
    """A piece of a text that may name somebody. word: as `core.known_word` has it. first, last: which words of the text it is."""

    kind: str
    word: str
    start: int
    end: int
    agency: str = ""
    first: int = 0
    last: int = 0


def search(connection: duckdb.DuckDBPyConnection, texts: Sequence[tuple[str, str]]) -> list[list[Piece]]:
    """What names somebody in each text. texts: agency and text; without an agency ('') no client number is sought.

    connection: has `core.known_word`.
    """
    cut = [[*_numbers(text), *_postcodes(text), *_clients(agency, text)] for agency, text in texts]
    names = [list(_runs(NAME, text, _LETTERS, NAME_WORDS)) for _, text in texts]
    known = _known(connection, (piece for pieces in cut for piece in pieces))
    people = _people(connection, {piece.word for pieces in names for piece in pieces})
    joined = _joined(connection, {folded(text) for _, text in texts if _LETTERS.fullmatch(text)})
    return [
        [piece for piece in pieces if (piece.kind, piece.agency, piece.word) in known]
        + list(_named(parts, people))
        + [Piece(NAME, "", 0, len(text)) for word in [folded(text)] if word in joined and _LETTERS.fullmatch(text)]
        for pieces, parts, (_, text) in zip(cut, names, texts, strict=True)
    ]


def without(text: str, found: Iterable[Piece]) -> str:
    """A text with `[withheld]` for each stretch that names somebody."""
    shown, at = "", 0
    for piece in sorted(found, key=lambda piece: (piece.start, -piece.end)):
        if piece.start >= at:
            shown += text[at : piece.start] + WITHHELD
        at = max(at, piece.end)
    return shown + text[at:]


def write_withheld(tables: Tables) -> int:
    """Find what names somebody in the texts of outside, and what is shown for it. Returns how many of the texts do."""
    key = key_of(tables.work.root)
    with tables.database([("core", "outside_text"), ("core", "known_word")]) as connection:
        texts = connection.sql("SELECT agency, text FROM core.outside_text ORDER BY agency, text").fetchall()
        found = search(connection, texts)
    rows = []
    for (agency, text), pieces in zip(texts, found, strict=True):
        if pieces:
            row_key = hmac.digest(key, f"withheld\x1f{agency}\x1f{text}".encode(), "sha256").hex()[:10]
            kinds = ", ".join(sorted({piece.kind for piece in pieces}))
            shown = f"{without(text, pieces)} ({row_key})"
            rows.append({"agency": agency, "text": text, "shown": shown, "row_key": row_key, "kinds": kinds})
    tables.write_rows("core", "withheld", rows)
    return len(rows)


def naming_nobody(tables: Tables, texts: Sequence[str], agencies: Sequence[str] = ()) -> list[str]:
    """Texts of no table, as details of checks and notes, with what names somebody withheld.

    agencies: whose texts they are, where they are an agency's own: only then is a number that a client has somebody's.
    """
    with tables.database([("core", "known_word")]) as connection:
        found = search(connection, list(zip(agencies or [""] * len(texts), texts, strict=True)))
    return [without(text, pieces) for text, pieces in zip(texts, found, strict=True)]


def named_in(folder: Path, known_words: Sequence[Path], root: Path) -> list[str]:
    """The CHI numbers and home postcodes of people we know in files about to be published: each place with how many it has.

    known_words: the files of `core/known_word`. root: the data root that all of it lies in.
    """
    with open_database(root, macros=()) as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute(f"CREATE VIEW core.known_word AS SELECT * FROM {parquet_rows(*known_words)}")
        files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
        texts = [(place, text) for file in files for place, text in _texts(folder, file)]
        pieces = [(place, piece) for place, text in texts for piece in _plain(text)]
        known = _known(connection, (piece for _, piece in pieces))
    found = sorted((place, piece.kind) for place, piece in pieces if (piece.kind, piece.agency, piece.word) in known)
    return [f"{place}: {KINDS[kind]}, {len(list(same))}" for (place, kind), same in groupby(found)]


def folded(text: str) -> str:
    """The macro of that name: without case, accents, blanks and signs."""
    plain = unicodedata.normalize("NFKD", text.upper())
    return re.sub(r"[^0-9A-Z]", "", plain)


def _numbers(text: str) -> Iterator[Piece]:
    for digit in _FIRST_DIGIT.finditer(text):
        if found := _TEN_DIGITS.match(text, digit.start()) or _NINE_DIGITS.match(text, digit.start()):
            yield Piece(CHI, folded(found[0]).zfill(10), *found.span())


def _postcodes(text: str) -> Iterator[Piece]:
    for found in _POSTCODE.finditer(text):
        yield Piece(POSTCODE, folded(found[0]), *found.span())


def _clients(agency: str, text: str) -> Iterator[Piece]:
    if agency:
        for piece in _runs(CLIENT, text, _WORD, CLIENT_WORDS, agency):
            if piece.end - piece.start >= SHORTEST_CLIENT:
                yield piece


def _plain(text: str) -> Iterator[Piece]:
    """What may be a CHI number or a postcode among figures and hashes."""
    for found in _CHI_ALONE.finditer(text):
        yield Piece(CHI, folded(found[0]), *found.span())
    yield from _postcodes(text)


def _runs(kind: str, text: str, word: re.Pattern[str], longest: int, agency: str = "") -> Iterator[Piece]:
    """Of each word of a text the one, two … words from it on that follow one another closely."""
    words = [found.span() for found in word.finditer(text)]
    for first, (start, _) in enumerate(words):
        for last in range(first, min(first + longest, len(words))):
            if last > first and words[last][0] - words[last - 1][1] > GAP:
                break
            end = words[last][1]
            yield Piece(kind, folded(text[start:end]), start, end, agency, first, last)


def _named(parts: list[Piece], people: set[tuple[str, str]]) -> Iterator[Piece]:
    """A forename and its surname, in either order."""
    words = {word for pair in people for word in pair}
    parts = [part for part in parts if part.word in words]
    by_first: dict[int, list[Piece]] = {}
    for part in parts:
        by_first.setdefault(part.first, []).append(part)
    for part in parts:
        for first in range(part.last + 1, part.last + 2 + BETWEEN_NAMES):
            for other in by_first.get(first, []):
                if (part.word, other.word) in people or (other.word, part.word) in people:
                    yield Piece(NAME, "", part.start, other.end)


def _known(connection: duckdb.DuckDBPyConnection, pieces: Iterable[Piece]) -> set[tuple[str, str, str]]:
    """Kind, agency and word of the pieces that are somebody's."""
    sought = sorted({(piece.kind, piece.agency, piece.word) for piece in pieces})
    kinds, agencies, words = zip(*sought, strict=True) if sought else ((), (), ())
    schema = pa.schema([("kind", pa.string()), ("agency", pa.string()), ("word", pa.string())])
    connection.register("sought", pa.table([pa.array(x, pa.string()) for x in (kinds, agencies, words)], schema=schema))
    rows = connection.execute(
        "SELECT DISTINCT kind, agency, word FROM core.known_word SEMI JOIN sought USING (kind, agency, word)"
    )
    return {(kind, agency, word) for kind, agency, word in rows.fetchall() if kind != CHI or is_chi_number(word)}


def _people(connection: duckdb.DuckDBPyConnection, words: set[str]) -> set[tuple[str, str]]:
    """Surname and forename of the people both of whose names are among the words."""
    connection.register("sought", pa.table({"word": pa.array(sorted(words), pa.string())}))
    rows = connection.execute(
        """
        SELECT word, forename FROM core.known_word
        WHERE kind = 'name' AND word IN (SELECT word FROM sought) AND forename IN (SELECT word FROM sought)
        """
    )
    return set(rows.fetchall())


def _joined(connection: duckdb.DuckDBPyConnection, words: set[str]) -> set[str]:
    """Of words that are a whole text those that are somebody's forename and surname: a code is read without its blanks."""
    connection.register("sought", pa.table({"word": pa.array(sorted(words), pa.string())}))
    rows = connection.execute(
        """
        WITH written AS (
            SELECT unnest([forename || word, word || forename]) AS word FROM core.known_word
            WHERE kind = 'name' AND length(word) >= $shortest AND length(forename) >= $shortest
        )
        SELECT DISTINCT word FROM written SEMI JOIN sought USING (word)
        """,
        {"shortest": SHORTEST_JOINED},
    )
    return {word for (word,) in rows.fetchall()}


def _texts(folder: Path, file: Path) -> Iterator[tuple[str, str]]:
    """The texts of a file, each with its place. Of a table only those that look like what is sought."""
    place = file.relative_to(folder).as_posix()
    if file.suffix == ".parquet":
        names = [field.name for field in pq.read_schema(file) if pa.types.is_string(field.type)]
        for name in names:
            yield from ((f"{place}, column {name}", text) for text in sorted(_alike(file, name)))
    elif file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as parts:
            for name in parts.namelist():
                yield place, html.unescape(re.sub(r'[<>"]', "\n", parts.read(name).decode("utf-8")))
    elif file.suffix != ".sig":  # a signature is no text
        yield place, file.read_text("utf-8")


def _alike(file: Path, column: str) -> set[str]:
    """The texts of a column that look like what is sought: each different text of a row group is looked at once."""
    table = pq.ParquetFile(file, read_dictionary=[column])
    found: set[str] = set()
    for group in range(table.num_row_groups):
        for chunk in table.read_row_group(group, [column])[column].chunks:
            texts = chunk.dictionary
            found.update(texts.filter(pc.match_substring_regex(texts, _EITHER)).to_pylist())
    return found
