"""Each person's cost beside the truth: to the penny without mess; with it every difference has its name.

Belongs here: published lines against `truth/`, person by person. Does not belong here: totals (`test_release.py`).
What a payment costs in the dataset's months is worked out here anew, in fractions, from the file as it was dropped.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from schemas.feeds import FEEDS
from tests.conftest import MONTHS, BuildWorld, made, rows_of, run
from tests.person_id import person_id

VERSION = "2025.05.1"
FIRST_DAY, LAST_DAY = MONTHS[0], datetime.date(2025, 5, 31)
ZERO = Decimal("0.00")
Key = tuple[str, str, str]
"""Agency, feed, record key."""


@dataclass(frozen=True)
class Truth:
    """A record as it truly is: whom it is about (None: nobody the register knows) and what it cost in the dataset's months."""

    person: int | None
    service: str
    cost: Decimal | None


@dataclass(frozen=True)
class Line:
    """What was published of a record, all its months together. direct is None where it has no cost."""

    service: str
    person_id: str | None
    direct: Decimal | None
    is_uncosted: bool


def largest_remainder(pence: int, weights: list[int]) -> list[int]:
    """The pence by weight, exactly; ties go to the larger weight, then to the earlier place."""
    whole = sum(weights)
    exact = [Fraction(abs(pence) * w, whole) for w in weights]
    shares = [int(e) for e in exact]
    order = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], -weights[i], i))
    for place in order[: abs(pence) - sum(shares)]:
        shares[place] += 1
    return [share if pence >= 0 else -share for share in shares]


def in_window(amount: Decimal, first: datetime.date, last: datetime.date) -> Decimal:
    """The part of a payment that its days give the dataset's months."""
    months: dict[tuple[int, int], int] = defaultdict(int)
    for n in range((last - first).days + 1):
        day = first + datetime.timedelta(n)
        months[day.year, day.month] += 1
    shares = largest_remainder(int(amount * 100), list(months.values()))
    inside = [
        s for (year, month), s in zip(months, shares, strict=True) if FIRST_DAY <= datetime.date(year, month, 1) <= LAST_DAY
    ]
    return Decimal(sum(inside)).scaleb(-2)


def key_of(feed: str, row: dict[str, str]) -> str:
    """A record's key, as `truth/` and `core/` have it."""
    return "|".join(row[name] for name in FEEDS[feed].key)


class Books:
    """The truth of a world and what was published of it."""

    def __init__(self, root: Path, version: str = VERSION) -> None:
        with duckdb.connect() as connection:
            self.truth = dict(self._truth(root, connection))
            self.lines = dict(self._lines(root, version, connection))
            self.fates = {
                (a, f, k): fate
                for a, f, k, fate in connection.execute(
                    f"SELECT agency, feed, record_key, fate FROM '{made(root, 'core', 'record')}' WHERE fate <> 'superseded'"
                ).fetchall()
            }
            self.own_id = self._ids(root, connection, "chi_number", "people", "'chi:' || chi_number")
            self.client_id = self._ids(
                root, connection, "social_care_id", "links", "'client:' || agency || ':' || social_care_id"
            )
        self.defects: dict[Key, set[str]] = defaultdict(set)
        self.strangers: dict[tuple[str, str], list[str]] = defaultdict(list)
        """Defects planted on records whose key is, since then, that of no true record."""
        for d in rows_of(root / "truth" / "defects.csv"):
            key = (d["agency"], d["feed"], d["record_key"])
            self.defects[key].add(d["defect"])
            if key not in self.truth and d["row_number"] != "0":
                self.strangers[key[:2]].append(d["defect"])
        self.homes = {
            (agency, key_of("care_home", row)): row["social_care_id"]
            for agency in ("angus", "dundee-city", "perth-kinross")
            for file in (root / "landing" / agency / "care_home").glob("*.csv")
            for row in rows_of(file)
        }
        self.clients = {
            (agency, self.homes[agency, key])
            for (agency, feed, key), names in self.defects.items()
            if feed == "care_home" and names & {"stay_within_stay", "nursing_changed"} and (agency, key) in self.homes
        }

    @staticmethod
    def _truth(root: Path, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Key, Truth]]:
        spans = {
            (file.parent.parent.name, key_of("payments", row)): (row["period_from"], row["period_to"])
            for file in root.glob("landing/*/payments/*.csv")
            for row in rows_of(file)
        }
        for agency, feed, key, service, person, cost in connection.execute(
            f"SELECT agency, feed, record_key, service, person_number, true_cost FROM '{root}/truth/records.parquet'"
        ).fetchall():
            if feed == "payments" and (agency, key) in spans:
                first, last = map(_day, spans[agency, key])
                # A period spoilt by a defect is quarantined; it is compared with nothing.
                cost = in_window(cost, first, last) if first and last and last >= first else cost
            yield (agency, feed, key), Truth(person, service, cost)

    @staticmethod
    def _lines(root: Path, version: str, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Key, Line]]:
        for agency, feed, key, service, person, direct, is_uncosted in connection.execute(
            f"""
            SELECT record.agency, feed, record_key, line.service, any_value(person_id), sum(direct_cost), bool_or(cost_basis = 'uncosted')
            FROM read_parquet('{root}/releases/{version}/cost_line/**/*.parquet') AS line
            -- Two months may send the very same file.
            JOIN (SELECT * FROM '{made(root, "core", "record")}' WHERE fate <> 'superseded') AS record USING (agency, source_file, source_row)
            WHERE cost_basis <> 'quarantined'
            GROUP BY ALL
            """
        ).fetchall():
            yield (agency, feed, key), Line(service, person, direct, is_uncosted)

    @staticmethod
    def _ids(root: Path, connection: duckdb.DuckDBPyConnection, column: str, name: str, key: str) -> dict[str, int]:
        rows = connection.execute(
            f"SELECT {key}, person_number FROM '{root}/truth/{name}.parquet' WHERE {column} IS NOT NULL AND person_number IS NOT NULL"
        ).fetchall()
        secret = (root / "secure" / "pseudonym.key").read_bytes()
        return {person_id(secret, key): number for key, number in rows}

    def records(self) -> list[Key]:
        return sorted({*self.truth, *self.lines})

    def reason(self, key: Key) -> str:
        """Why a record is not published as it truly is: a name of the contract, or that of the defect planted on it."""
        truth, line, planted = self.truth.get(key), self.lines.get(key), sorted(self.defects[key])
        if line is None:
            if self.fates.get(key) == "quarantined":
                return "quarantined"
            return self._planted(planted or self._key_changed(key), "lost")
        if truth is None:
            return self._planted(planted, "invented")
        if line.is_uncosted and truth.cost:
            return "uncosted"
        if (line.direct or ZERO) == (truth.cost or ZERO) and self.client_id.get(line.person_id or "", -1) == truth.person:
            return "unlinked"
        if key[1] == "care_home" and (key[0], self.homes.get((key[0], key[2]), "")) in self.clients:
            planted = planted or ["another stay of the client"]
        return self._planted(planted, "not explained")

    def _key_changed(self, key: Key) -> list[str]:
        """The defects that took records of the feed from their keys, where they are as many as the records not found."""
        gone = [k for k in self.truth if k[:2] == key[:2] and k not in self.fates]
        strangers = self.strangers[key[:2]]
        return sorted({f"{defect} changed the key" for defect in strangers}) if len(gone) <= len(strangers) else []

    @staticmethod
    def _planted(defects: list[str], otherwise: str) -> str:
        return f"planted: {', '.join(defects)}" if defects else otherwise


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _add(amounts: dict[int, Decimal], person: int | None, amount: Decimal | None) -> None:
    if person is not None:
        amounts[person] += amount or ZERO


def test_without_mess_every_person_costs_what_is_true(published: BuildWorld) -> None:
    books = Books(published("none"))
    true: dict[int, Decimal] = defaultdict(Decimal)
    attributed: dict[int, Decimal] = defaultdict(Decimal)
    own: dict[int, Decimal] = defaultdict(Decimal)
    for key in books.records():
        truth, line = books.truth.get(key), books.lines.get(key)
        assert (truth.cost or ZERO if truth else ZERO) == (line.direct or ZERO if line else ZERO), (key[0], key[1])
        if truth:
            _add(true, truth.person, truth.cost)
        if line and line.person_id:
            # A client whom the council knows without a CHI, and nobody linked yet, costs under the client's own id.
            _add(attributed, books.own_id.get(line.person_id, books.client_id.get(line.person_id)), line.direct)
            _add(own, books.own_id.get(line.person_id), line.direct)
    assert {p: c for p, c in attributed.items() if c} == {p: c for p, c in true.items() if c}
    costly = [p for p, c in true.items() if c]
    assert len(costly) > 800
    assert sum(own[p] == true[p] for p in costly) > 0.98 * len(costly)


def reasons_of_differences(books: Books) -> dict[str, int]:
    """How many records differ from the truth for each reason; together they explain every person's difference."""
    true: dict[int, Decimal] = defaultdict(Decimal)
    attributed: dict[int, Decimal] = defaultdict(Decimal)
    explained: dict[int, Decimal] = defaultdict(Decimal)
    reasons: dict[str, int] = defaultdict(int)
    for key in books.records():
        truth, line = books.truth.get(key), books.lines.get(key)
        should, cost = (truth.person, truth.cost or ZERO) if truth else (None, ZERO)
        does = books.own_id.get(line.person_id or "") if line else None
        direct = (line.direct or ZERO) if line else ZERO
        _add(true, should, cost)
        _add(attributed, does, direct)
        if (should, cost) != (does, direct) and (cost or direct):
            reasons[books.reason(key)] += 1
            _add(explained, should, cost)
            _add(explained, does, -direct)
    assert {p: true[p] - attributed[p] for p in {*true, *attributed}} == {p: explained[p] for p in {*true, *attributed}}
    return reasons


@pytest.mark.parametrize("mess", ["none", "standard"])
def test_every_difference_from_the_truth_has_its_name(published: BuildWorld, mess: str) -> None:
    reasons = reasons_of_differences(Books(published(mess)))
    allowed = {"unlinked"} if mess == "none" else {"quarantined", "unlinked", "uncosted"}
    unnamed = {r: n for r, n in reasons.items() if r not in allowed and not r.startswith("planted: ")}
    assert not unnamed
    if mess == "none":
        assert not any(r.startswith("planted") for r in reasons)
    else:
        assert reasons["quarantined"] > 5


def test_where_nobody_is_linked_that_is_the_reason_of_every_difference(
    published: BuildWorld, copy_of: Callable[[Path], Path]
) -> None:
    """People decide that no client is anybody in the register; each cost is then under the client's own id, to the penny."""
    root = copy_of(published("none"))
    clients = {
        (agency.name, row["social_care_id"])
        for agency in (root / "landing").iterdir()
        for file in (agency / "clients").glob("*.csv")
        for row in rows_of(file)
    }
    decisions = "".join(f"{agency},{key},,jm,2025-05-31,\n" for agency, key in sorted(clients))
    (root / "review").mkdir(exist_ok=True)
    (root / "review" / "decisions.csv").write_text(
        "agency,social_care_id,chi_number,decided_by,decided_on,reason\n" + decisions, encoding="utf-8"
    )
    books = Books(root, run(root).version)
    reasons = reasons_of_differences(books)
    assert set(reasons) == {"unlinked"}
    assert reasons["unlinked"] > 100
