"""The defects of real submissions, planted where we can find them again.

Belongs here: how many records of a file get a defect, which of them and which defect, and the list of what was planted.
Does not belong here: what goes wrong in a record (`slips/`) or with a whole file (`whole_files.py`).
A file is never spoilt as a whole: every planted defect is one that a careful reader survives.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synth.activity import World
from pipelines.synth.draws import NEVER, Ints, Month
from pipelines.synth.names import FORENAMES, SURNAMES
from pipelines.synth.people import People
from pipelines.synth.sheet import Sheet, chi_text, day_text
from pipelines.synth.slips.by_feed import DEFECTS
from pipelines.synth.slips.heavy import HEAVY_DEFECTS
from pipelines.synth.slips.kinds import Defect, Extra, Record, Setting, Slip

LEVELS = {"none": 0.0, "standard": 0.005, "heavy": 0.05}
"""Share of the records of each file that get a defect."""
FEWEST_ROWS = 5
_BAD_ROWS_AT_MOST = 5
_FEWEST_AT_HEAVY = 9
_POOL_FACTOR, _POOL_LEAST = 2, 200
"""At heavy mess a defect is tried on twice as many records as get one, and on these more."""
_NEEDED_LATER = ("payments", "clients")
"""Feeds of which a defect needs the records of the file before."""
LOST_OF_ROWS = 200
"""One identifier in so many rows may be lost; with more the file would be refused."""
FIRST_ROW = 2
"""The header is row 1."""
LEFT_CLEAN = ("angus", "self_directed_support")
"""At heavy mess the records of a service whose ledger has VAT (`ledger.py`) have no other defect, so that it is seen."""


@dataclass(frozen=True)
class Planted:
    """One defect. row is the row of the file as a spreadsheet shows it; 0 means the whole file, or a thing that record_key names."""

    agency: str
    feed: str
    period: str
    row: int
    record_key: str
    defect: str
    expected: str
    rule: str


@dataclass(frozen=True)
class Place:
    """A defect and the record that it is tried on, or planted in."""

    defect: Defect
    row: int
    record: Record
    change: dict[str, str]
    """The columns that it changes."""


class Planter:
    """Plants the defects of one world's records, file by file and month by month."""

    def __init__(self, world: World, level: str) -> None:
        """Nothing is planted yet."""
        self.world, self.level = world, level
        self.turns: dict[str, list[Defect]] = {}
        self.clean: dict[tuple[str, str], dict[str, Record]] = {}
        self.given: dict[str, dict[str, dict[str, str]]] = {}
        living = np.flatnonzero(world.people.died >= NEVER)
        self.living = living if len(living) else np.arange(world.people.count)

    def plant(self, sheet: Sheet, month: Month, rng: np.random.Generator) -> list[Planted]:
        """Change the sheet's columns; return its defects, those it already had included."""
        file = (sheet.agency, sheet.feed)
        given = self._give(sheet)
        setting = Setting(
            sheet, month, self.world.months[0], rng, dead_before(self.world.people, month.start), sheet.rows // LOST_OF_ROWS,
            self._someone, self.clean.get(file, {}),
        )  # fmt: skip
        odd = {row for row, *_ in sheet.noted} | given
        tried = self._in_turn(sheet, setting, odd) if self.level == "heavy" else self._anyhow(sheet, setting, odd)
        planted = list(tried)
        for place in planted:
            if place.defect.name == "number_given_on":
                self.given.setdefault(sheet.agency, {})[place.record["social_care_id"]] = place.change
        if self.level == "heavy" and sheet.feed in _NEEDED_LATER:
            used = odd | {place.row for place in planted}
            records = zip(sheet.keys().to_pylist(), pa.table(sheet.columns).to_pylist(), strict=True)
            self.clean[file] = {key: record for row, (key, record) in enumerate(records) if row not in used}
        return _done(sheet, planted)

    def _anyhow(self, sheet: Sheet, setting: Setting, odd: set[int]) -> Iterator[Place]:
        """Each record is tried once, the kinds take turns: what does not fit is left out."""
        defects, rng = DEFECTS[sheet.feed], setting.rng
        if not LEVELS[self.level] or sheet.rows < FEWEST_ROWS:
            return
        wanted = min(max(1, round(sheet.rows * LEVELS[self.level])), sheet.rows // _BAD_ROWS_AT_MOST)
        records = _records(sheet, rng.permutation(sheet.rows)[:wanted])
        first = int(rng.integers(len(defects)))
        usable = [(row, record) for row, record in records if row not in odd]
        for i, (row, record) in enumerate(usable):
            defect = defects[(first + i) % len(defects)]
            if (change := changes_of(defect, record, setting)) is not None:
                yield Place(defect, row, record, change)

    def _in_turn(self, sheet: Sheet, setting: Setting, odd: set[int]) -> Iterator[Place]:
        """Each kind in its turn gets the first record that it fits; where none does it is the first in the feed's next file."""
        rows = sheet.rows
        if (sheet.agency, sheet.feed) == LEFT_CLEAN:
            return
        wanted = min(max(_FEWEST_AT_HEAVY, round(rows * LEVELS[self.level])), rows // _BAD_ROWS_AT_MOST)
        pool = _records(sheet, setting.rng.permutation(rows)[: _POOL_FACTOR * wanted + _POOL_LEAST])
        used = set(odd)
        waiting = deque((defect, iter(pool)) for defect in self._turns(sheet.feed, setting.rng))
        missed: list[Defect] = []
        while waiting and wanted:
            defect, records = waiting.popleft()
            place = _first_fit(defect, records, used, setting)
            if place is None:
                missed.append(defect)
                continue
            used.add(place.row)
            waiting.append((defect, records))
            wanted -= 1
            yield place
        self.turns[sheet.feed] = missed + [defect for defect, _ in waiting]

    def _turns(self, feed: str, rng: np.random.Generator) -> list[Defect]:
        """The kinds of a feed's defects, those first whose turn it is."""
        if feed not in self.turns:
            first = int(rng.integers(len(HEAVY_DEFECTS[feed])))
            self.turns[feed] = [*HEAVY_DEFECTS[feed][first:], *HEAVY_DEFECTS[feed][:first]]
        return self.turns[feed]

    def _someone(self, rng: np.random.Generator) -> dict[str, str]:
        """A person of the register, as a council writes down its clients."""
        people, place = self.world.people, self.living[rng.integers(len(self.living), size=1)]
        (one,) = place.tolist()
        return {
            "chi_number": chi_text(people.chi[place])[0].as_py(), "forename": FORENAMES[int(people.forename[one])],
            "surname": SURNAMES[int(people.surname[one])], "date_of_birth": day_text(people.born[place])[0].as_py(),
            "sex": str(people.sex[one]), "postcode": self.world.postcodes[int(people.postcode[one])].as_py(), "date_of_death": "",
        }  # fmt: skip

    def _give(self, sheet: Sheet) -> set[int]:
        """A client's number that was given on keeps its new meaning: the rows of such clients."""
        given = self.given.get(sheet.agency, {}) if sheet.feed == "clients" else {}
        rows = (
            {row: given[i] for row, i in enumerate(sheet.columns["social_care_id"].to_pylist()) if i in given} if given else {}
        )
        sheet.columns = _changed(sheet.columns, rows)
        return set(rows)


def _records(sheet: Sheet, rows: Ints) -> list[tuple[int, Record]]:
    records = pa.table(sheet.columns).take(pa.array(rows)).to_pylist()
    return list(zip(rows.tolist(), records, strict=True))


def _first_fit(defect: Defect, records: Iterator[tuple[int, Record]], used: set[int], setting: Setting) -> Place | None:
    for row, record in records:
        if row not in used and (change := changes_of(defect, record, setting)) is not None:
            return Place(defect, row, record, change)
    return None


def changes_of(defect: Defect, record: Record, setting: Setting) -> dict[str, str] | None:
    """The columns that a defect changes in a record, or None where it does not fit."""
    if isinstance(defect, Slip):
        text = defect.change(record, setting)
        return None if text is None else {defect.column: text}
    return defect.change(record, setting)


def _done(sheet: Sheet, planted: list[Place]) -> list[Planted]:
    """Change the sheet's columns as planned."""
    changes: dict[int, dict[str, str]] = {}
    extras: list[dict[str, str]] = []
    done: list[tuple[int, str, str, str]] = list(sheet.noted)
    for place in planted:
        row = place.row
        if isinstance(place.defect, Extra):
            row = sheet.rows + len(extras)
            extras.append(dict(place.record) | place.change)
        else:
            changes[row] = place.change
        done.append((row, place.defect.name, place.defect.expected, place.defect.rule))
    columns = _changed(sheet.columns, changes)
    if extras:
        columns = {n: pa.concat_arrays([c, pa.array([e[n] for e in extras], pa.string())]) for n, c in columns.items()}
    sheet.columns = columns
    return _listed(sheet, done)


def _changed(columns: dict[str, pa.Array], changes: dict[int, dict[str, str]]) -> dict[str, pa.Array]:
    """The columns with some cells changed: row → column → text."""
    new = dict(columns)
    for name in sorted({name for cells in changes.values() for name in cells}):
        cells = {row: texts[name] for row, texts in changes.items() if name in texts}
        mask = np.zeros(len(new[name]), bool)
        mask[list(cells)] = True
        new[name] = pc.replace_with_mask(
            new[name], pa.array(mask), pa.array([cells[row] for row in sorted(cells)], pa.string())
        )
    return new


def _listed(sheet: Sheet, done: list[tuple[int, str, str, str]]) -> list[Planted]:
    if not done:
        return []
    keys = sheet.keys().take(pa.array([row for row, *_ in done], pa.int64())).to_pylist()
    return [
        Planted(sheet.agency, sheet.feed, sheet.period, row + FIRST_ROW, key, defect, expected, rule)
        for (row, defect, expected, rule), key in sorted(zip(done, keys, strict=True), key=lambda pair: pair[0][0])
    ]


def dead_before(people: People, day: int) -> list[str]:
    """CHI numbers of some people who had died before a day."""
    dead = np.flatnonzero(people.died < day)[:200]
    return [str(chi).zfill(10) for chi in people.chi[dead]]
