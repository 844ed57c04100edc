"""The outcome of a test of change, month by month and place by place, from the tables of one release.

Belongs here: reading the release, naming places, prices, the value of each measure. Does not belong here: people one by one
(`participants.py`), what befell the files in those months (`window.py`), judging (`evaluate.py`).
Money is decimal in the release; here it becomes floats, for what follows are estimates and not sums.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from pipelines.engine.errors import IrfError, listed
from pipelines.engine.sql import read_sql
from pipelines.evaluation.declaration import ALL_OTHERS, Declaration, Kind, Measure, Outcome
from pipelines.evaluation.effect import Bools, Floats, Ints
from schemas.analysis_codes import Scope
from schemas.month import financial_year

Part = tuple[str, str]
"""An agency and a setting (institutional, community): between these the work shifts."""


@dataclass(frozen=True)
class Places:
    """The places of a test of change. names: of those treated and compared. is_treated: of each."""

    names: Sequence[str]
    is_treated: Bools


@dataclass(frozen=True)
class Panel:
    """What each place cost in each month. months: those before the start, the washout, those after. All arrays have the shape
    (places, months); pounds are in the declared prices; cost: of the outcome by part of care; care: of all care by part, whatever the
    outcome, for what is spared in one may be spent in another. served: how many people at least had care of the outcome.
    """

    places: Places
    months: Sequence[str]
    months_before: int
    washout: int
    cost: dict[Part, Floats]
    care: dict[Part, Floats]
    units: Floats
    residents: Floats
    served: Ints

    def values(self, measure: Measure) -> Floats:
        """The outcome of each place and month; NaN where there is nothing to divide by."""
        whole = self.whole()
        with np.errstate(divide="ignore", invalid="ignore"):
            match measure:
                case Measure.COST_PER_HEAD:
                    return np.where(self.residents > 0, whole / self.residents, np.nan)
                case Measure.INSTITUTIONAL_SHARE:
                    inside = sum(
                        (cost for (_, setting), cost in self.cost.items() if setting == "institutional"), np.zeros_like(whole)
                    )
                    return np.where(whole > 0, inside / whole, np.nan)
                case Measure.UNITS:
                    return self.units
                case Measure.COST:
                    return whole

    def whole(self) -> Floats:
        """The cost of every part."""
        return sum(self.cost.values(), np.zeros_like(self.residents))

    def part_per_head(self, part: Part) -> Floats:
        """The cost of a part for each resident."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.residents > 0, self.care[part] / self.residents, np.nan)

    def without(self, months: Collection[str]) -> "Panel":
        """The same without some months, where figures of them are missing."""
        kept = np.array([month not in months for month in self.months], dtype=np.bool_)
        washout = slice(self.months_before, self.months_before + self.washout)
        return Panel(
            self.places, [m for m in self.months if m not in months], int(kept[: self.months_before].sum()), int(kept[washout].sum()),
            {part: cost[:, kept] for part, cost in self.cost.items()}, {part: cost[:, kept] for part, cost in self.care.items()},
            self.units[:, kept], self.residents[:, kept], self.served[:, kept],
        )  # fmt: skip


Rows = list[dict[str, Any]]


def ask(connection: duckdb.DuckDBPyConnection, name: str, **values: object) -> Rows:
    """The rows of `sql/evaluation/<name>.sql`."""
    found = connection.execute(read_sql("evaluation", name), values)
    columns = [column[0] for column in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def looked_at(outcome: Outcome) -> dict[str, object]:
    """The outcome as the SELECTs take it."""
    return {"scope": outcome.scope.value if outcome.scope else "", "services": list(outcome.services)}


def check_services(connection: duckdb.DuckDBPyConnection, outcome: Outcome) -> None:
    """Raise IrfError for a service that no release has, and for units that cannot be added up."""
    units = dict(connection.execute("SELECT service, unit FROM release.service").fetchall())
    if unknown := [service for service in outcome.services if service not in units]:
        raise IrfError(f"outcome.services: {listed(unknown)}: the release has no such service; the table service lists them")
    if outcome.measure is Measure.UNITS and (not outcome.services or len({units[service] for service in outcome.services}) > 1):
        raise IrfError(
            "outcome.measure: units can be added up only over services that count the same: name these in outcome.services"
        )


def prices(connection: duckdb.DuckDBPyConnection, outcome: Outcome, months: Sequence[str]) -> Floats:
    """By what the pounds of each month are multiplied: 1 where no price base is declared. Raises IrfError for a base without figures."""
    base = outcome.price_base
    if base is None:
        return np.ones(len(months))
    rows = ask(connection, "price", series=base.series, vintage=base.vintage, year=base.year)
    factors = {row["financial_year"]: float(row["factor"]) for row in rows}
    if lacking := sorted({financial_year(month) for month in months} - set(factors)):
        raise IrfError(
            f"outcome.price_base: {base.series} of {base.vintage} has no factor from {listed(lacking)} to {base.year}; add the years to "
            "price_index.csv"
        )
    return np.array([factors[financial_year(month)] for month in months])


def read_places(connection: duckdb.DuckDBPyConnection, declaration: Declaration) -> tuple[Places, dict[tuple[str, str], int]]:
    """The places treated and compared, and to which of them each council and locality belongs. Raises IrfError for an unknown name."""
    rows, who = ask(connection, "place"), declaration.who
    is_council = who.kind is Kind.COUNCILS
    named = {alias: row["council"] for row in rows for alias in (row["council"], row["council_name"])} if is_council else {
        row["locality"]: row["locality"] for row in rows if row["locality"] != "Unknown"
    }  # fmt: skip
    treated = _known(who.treated, named, "treated")
    every = sorted(set(named.values()))
    others = (
        [place for place in every if place not in treated]
        if who.comparison == ALL_OTHERS
        else _known(who.comparison, named, "comparison")
    )
    if both := [place for place in others if place in treated]:
        raise IrfError(f"who: {listed(both)}: a place is treated or compared, not both")
    order = [*treated, *others]
    of_row = {(row["council"], row["locality"]): row["council"] if is_council else row["locality"] for row in rows}
    spoken = {row["council"]: row["council_name"] for row in rows} if is_council else {}
    names = [spoken.get(place, place) for place in order]
    where = {row: order.index(place) for row, place in of_row.items() if place in order}
    return Places(names, np.arange(len(order)) < len(treated)), where


def _known(given: Sequence[str] | str, named: dict[str, str], key: str) -> list[str]:
    if unknown := [name for name in given if name not in named]:
        raise IrfError(f"who.{key}: {listed(unknown)}: the release has no such place; it has {listed(sorted(named))}")
    return list(dict.fromkeys(named[name] for name in given))


def read_panel(connection: duckdb.DuckDBPyConnection, declaration: Declaration, last_month: str) -> Panel:
    """What the declared places cost in the declared months, as far as the release goes."""
    outcome, when = declaration.outcome, declaration.when
    check_services(connection, outcome)
    months = [month for month in (*when.before, *when.left_out, *when.after) if month <= last_month]
    places, where = read_places(connection, declaration)
    at = {month: number for number, month in enumerate(months)}
    shape, factors = (len(places.names), len(months)), prices(connection, outcome, months)
    cost: dict[Part, Floats] = {}
    care: dict[Part, Floats] = {}
    units, residents = np.zeros(shape), np.zeros(shape)
    for parts, of in ((cost, looked_at(outcome)), (care, looked_at(Outcome(scope=Scope.ALL)))):
        for row in ask(connection, "place_month", age_group=outcome.age_group.value, months=months, **of):
            place, month = where.get((row["council"], row["locality"])), at[row["month"]]
            if place is not None:
                part = parts.setdefault((row["agency"], row["setting"]), np.zeros(shape))
                part[place, month] += float(row["cost"]) * factors[month]
                units[place, month] += float(row["units"] or 0) if parts is cost else 0.0
    for row in ask(connection, "resident", age_group=outcome.age_group.value, months=months):
        place = where.get((row["council"], row["locality"]))
        if place is not None:
            residents[place, at[row["month"]]] += row["residents"]
    return Panel(
        places, months, len(when.before), len(when.left_out), dict(sorted(cost.items())), dict(sorted(care.items())), units, residents,
        _served(connection, outcome, where, months, len(places.names)),
    )  # fmt: skip


def _served(
    connection: duckdb.DuckDBPyConnection,
    outcome: Outcome,
    where: dict[tuple[str, str], int],
    months: Sequence[str],
    places: int,
) -> Ints:
    """How many people at least had care of the outcome in each place and month: those of the service that most had."""
    at = {month: number for number, month in enumerate(months)}
    people: dict[tuple[str, str], Ints] = {}
    for row in ask(connection, "served", age_group=outcome.age_group.value, months=list(months), **looked_at(outcome)):
        place = where.get((row["council"], row["locality"]))
        if place is not None:
            of = people.setdefault((row["agency"], row["service"]), np.zeros((places, len(months)), dtype=np.int64))
            of[place, at[row["month"]]] += row["people"] or 0
    return np.max(list(people.values()), axis=0) if people else np.zeros((places, len(months)), dtype=np.int64)
