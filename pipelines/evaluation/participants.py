"""The people of a test of change: who took part, what each cost before and after, and everybody they can be compared with.

Belongs here: reading the file of people, finding them in a release, their months. Does not belong here: matching (`matching.py`),
judging (`evaluate.py`). A CHI number or a client number never leaves this module.
"""

import bisect
import csv
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.engine.errors import IrfError
from pipelines.engine.sql import literal, read_sql
from pipelines.evaluation.declaration import Declaration
from pipelines.evaluation.effect import Floats, Ints
from pipelines.evaluation.outcome import Part, ask, looked_at, prices
from pipelines.warehouse.key import hmac_pads, key_of
from pipelines.warehouse.root import DataRoot
from schemas.analysis_codes import AgeGroup
from schemas.chi import repair_array
from schemas.codes import AgeBand
from schemas.month import after

COLUMNS = ("agency", "social_care_id", "chi_number", "started_on", "ended_on")
_ARROW = pa.schema([("number", pa.int64()), ("agency", pa.string()), ("social_care_id", pa.string()), ("chi_number", pa.string()), ("started_on", pa.date32())])  # fmt: skip
NEVER = "9999-12"
"""The month of death of who is alive."""


@dataclass(frozen=True)
class People:
    """Everybody of a release with a home in the partners' area, of the age group.

    strata: a number for each age band and sex; fifth: of deprivation, 0 where unknown; start: the index of the month in which each
    started, −1 of who did not; whole: that of the first month treated from its first day on; last: that of the last month that each
    lived in; cost: by part, (people, months).
    """

    months: Sequence[str]
    strata: Ints
    fifth: Ints
    start: Ints
    whole: Ints
    last: Ints
    cost: Mapping[Part, Floats]

    def whole_cost(self) -> Floats:
        """The cost of every part."""
        return sum(self.cost.values(), np.zeros((len(self.start), len(self.months))))


@dataclass(frozen=True)
class Found:
    """The people, and of how many of the file it is not known who they are, or who are not of the age group or the area."""

    people: People
    unknown: int
    elsewhere: int


def read_file(path: Path, starts_on: datetime.date) -> pa.Table:
    """The rows of the file of people. Raises IrfError, without any value of it, for what cannot be used."""
    where = f"tests_of_change/{path.name}"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = [name.strip().lower() for name in reader.fieldnames or ()]
            if "started_on" not in names or not ("chi_number" in names or {"agency", "social_care_id"} <= set(names)):
                # A file without a row of names has people there: only what is a column's name is said.
                told = ", ".join(name for name in names if name in COLUMNS) or "none of them"
                raise IrfError(
                    f"{where}: its first row names its columns, with commas between: {', '.join(COLUMNS)}; it has {told}"
                )
            reader.fieldnames = names
            # Spreadsheets leave rows of nothing but commas.
            filled = [(at, row) for at, row in enumerate(reader, 2) if any(map(_filled, row.values()))]
            rows = [_row(where, at, row, starts_on) for at, row in filled]
    except (UnicodeDecodeError, csv.Error):
        raise IrfError(f"{where}: cannot be read as CSV in UTF-8; save it so") from None
    if not rows:
        raise IrfError(f"{where}: nobody is in it")
    table = pa.Table.from_pylist(rows, _ARROW)
    chi_number = repair_array(table["chi_number"].combine_chunks())
    return table.set_column(table.schema.get_field_index("chi_number"), "chi_number", chi_number)


def _filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _row(where: str, at: int, row: Mapping[str, str | None], starts_on: datetime.date) -> dict[str, object]:
    text = {name: (row.get(name) or "").strip() or None for name in COLUMNS}
    if not (text["chi_number"] or (text["agency"] and text["social_care_id"])):
        raise IrfError(f"{where}, row {at}: give chi_number, or agency and social_care_id")
    started = _date(where, at, "started_on", text["started_on"] or "")
    if started < starts_on:
        raise IrfError(f"{where}, row {at}: started_on: is before when.starts_on of the declaration, the first day of the test")
    if text["ended_on"] and _date(where, at, "ended_on", text["ended_on"]) < started:
        raise IrfError(f"{where}, row {at}: ended_on: is before started_on")
    return {"number": at, **{name: text[name] for name in COLUMNS[:3]}, "started_on": started}


def _date(where: str, at: int, column: str, text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise IrfError(f"{where}, row {at}: {column}: give a date as YYYY-MM-DD") from None


def read_people(
    connection: duckdb.DuckDBPyConnection,
    root: DataRoot,
    declaration: Declaration,
    path: Path,
    period: str,
    months: Sequence[str],
) -> Found:
    """Everybody of the release, and who of them took part. months: those of the release that are looked at, in order."""
    started, nobody = _participants(connection, root, read_file(path, declaration.when.starts_on), period)
    rows = connection.sql(read_sql("evaluation", "candidate")).to_arrow_table()
    ids = rows["person_id"].to_numpy(zero_copy_only=False)
    bands, sexes = rows["age_band"].to_numpy(zero_copy_only=False), rows["sex"].to_numpy(zero_copy_only=False)
    is_own = rows["has_home"].to_numpy(zero_copy_only=False) & np.isin(bands, _bands(declaration.outcome.age_group))
    start, whole = _starts(ids.astype(str), started, months)
    died = rows["month_of_death"].fill_null(NEVER).to_numpy(zero_copy_only=False).astype(str)
    last = (np.searchsorted(np.array(months), died, side="right") - 1).astype(np.int64)
    kept = np.flatnonzero(is_own)
    _, strata = np.unique(np.char.add(bands[kept].astype(str), sexes[kept].astype(str)), return_inverse=True)
    cost = _cost(connection, declaration, ids[kept], months)
    people = People(
        months, strata.astype(np.int64), rows["simd_quintile"].to_numpy()[kept].astype(np.int64), start[kept], whole[kept],
        last[kept], cost,
    )  # fmt: skip
    treated, known = int((people.start >= 0).sum()), int((start >= 0).sum())
    return Found(people, nobody + len(started) - known, known - treated)


def _participants(
    connection: duckdb.DuckDBPyConnection, root: DataRoot, given: pa.Table, period: str
) -> tuple[dict[str, datetime.date], int]:
    """The first day of each person who took part, and how many numbers of the file are of nobody."""
    pads = hmac_pads(key_of(root))
    if not root.link_history.is_file():
        raise IrfError(
            "state/link_history.parquet is not there: whose client numbers these are cannot be told; put state/ back from the backup"
        )
    connection.register("given", given)
    connection.execute(f"CREATE VIEW link_history AS SELECT * FROM read_parquet({literal(str(root.link_history))})")
    rows = ask(connection, "participant", inner_pad=pads[0].hex(), outer_pad=pads[1].hex(), period=period)
    started: dict[str, datetime.date] = {}
    for row in rows:
        if row["person_id"] is not None:
            started[row["person_id"]] = min(row["started_on"], started.get(row["person_id"], row["started_on"]))
    numbers = {row["number"]: (row["agency"], row["social_care_id"], row["chi_number"]) for row in given.to_pylist()}
    return started, len({numbers[row["number"]] for row in rows if row["person_id"] is None})


def _starts(ids: npt.NDArray[np.str_], started: Mapping[str, datetime.date], months: Sequence[str]) -> tuple[Ints, Ints]:
    """Of each person, by id in order, the position of the month in which it started and of the first that was treated as a whole: −1 of
    who did not start."""
    start, whole = np.full((2, len(ids)), -1, dtype=np.int64)
    for person, day in started.items():
        at = int(np.searchsorted(ids, person))
        if at < len(ids) and ids[at] == person:
            month = day.isoformat()[:7]
            start[at] = bisect.bisect_left(months, month)
            whole[at] = bisect.bisect_left(months, month if day.day == 1 else after(month))
    return start, whole


def _bands(group: AgeGroup) -> list[str]:
    """The age bands of an age group."""
    first = 0 if group is AgeGroup.ALL else int(group.value.rstrip("+"))
    known = [band.value for band in AgeBand if band.value[0].isdigit()]
    return [band for band in known if int(band.rstrip("+").partition("-")[0]) >= first]


def _cost(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, ids: npt.NDArray[np.object_], months: Sequence[str]
) -> dict[Part, Floats]:
    """The cost of each person in each month, by part of care, in the declared prices."""
    connection.register(
        "wanted",
        pa.table(
            {
                "person_id": pa.array(ids, pa.string()),
                "row": np.arange(len(ids)),
            }
        ),
    )
    values = {"months": list(months), **looked_at(declaration.outcome)}
    table = connection.sql(read_sql("evaluation", "person_month"), params=values).to_arrow_table()
    rows, at = table["row"].to_numpy(), table["month_number"].to_numpy()
    parts = np.char.add(
        np.char.add(table["agency"].to_numpy(zero_copy_only=False).astype(str), "\t"),
        table["setting"].to_numpy(zero_copy_only=False).astype(str),
    )
    pounds = table["cost"].cast(pa.float64()).to_numpy() * prices(connection, declaration.outcome, months)[at]
    cost: dict[Part, Floats] = {}
    for part in np.unique(parts):
        own = parts == part
        flat = np.bincount(rows[own] * len(months) + at[own], weights=pounds[own], minlength=len(ids) * len(months))
        agency, _, setting = str(part).partition("\t")
        cost[(agency, setting)] = flat.astype(np.float64).reshape(len(ids), len(months))
    return cost
