"""The evaluation of a test of change: from its declaration and one release to a result in words and numbers.

Belongs here: the steps in their order, the answer. Does not belong here: any step (`outcome.py`, `of_places.py`, `of_people.py`,
`verdict.py`), keeping the result (`kept.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.analysis.estimate import MILLIONTH, PENNY, Estimate, published
from pipelines.engine.database import TABLE_MACROS, open_apart
from pipelines.evaluation.declaration import Declaration, Declared, Kind, Measure, read_declaration
from pipelines.evaluation.judged import Judged
from pipelines.evaluation.of_people import judge_people
from pipelines.evaluation.of_places import judge_places
from pipelines.evaluation.outcome import read_panel
from pipelines.evaluation.participants import read_people
from pipelines.evaluation.registration import check_words, noted, remarks
from pipelines.evaluation.result import Interval, Money, Result, interval, pounds
from pipelines.evaluation.verdict import Verdict, obstacles, verdict
from pipelines.evaluation.window import not_there, read_window
from pipelines.report.page import pounds_and_pence
from pipelines.warehouse.releases import period_of, show_release
from pipelines.warehouse.root import DataRoot
from schemas.month import months

UNITS = {
    Measure.COST_PER_HEAD: "pounds a head and month", Measure.COST: "pounds a place and month",
    Measure.UNITS: "units a place and month", Measure.INSTITUTIONAL_SHARE: "share of institutions in the cost",
}  # fmt: skip
OF_MONEY = (Measure.COST_PER_HEAD, Measure.COST)


@dataclass(frozen=True)
class Evaluated:
    """A result, the rows of its series, and the month at which its picture has a rule."""

    result: Result
    series: Sequence[dict[str, Any]]
    first_after: str


def evaluate_release(root: DataRoot, release: Path, name: str) -> Evaluated:
    """What a release says of a test of change. Raises IrfError where the declaration cannot be used."""
    declared = read_declaration(root, name)
    check_words(root, declared)
    said = remarks(noted(root, name), declared)
    with open_apart(root.path, macros=TABLE_MACROS) as connection:
        show_release(connection, release, "release")
        judged, cautions = _judged(connection, root, declared, release.name)
    return Evaluated(_result(declared, release.name, judged, said, cautions), judged.series, judged.first_after)


def _judged(
    connection: duckdb.DuckDBPyConnection, root: DataRoot, declared: Declared, version: str
) -> tuple[Judged, list[str]]:
    """What is found, and what is to be known of the figures it is found in."""
    declaration, period = declared.declaration, period_of(version)
    outcome, when, reference = declaration.outcome, declaration.when, root.folder("reference")
    first = _first_month(connection)
    cautions = not_there(when.before, when.after, first, period)
    cautions += [] if outcome.price_base else ["Pounds are of each month as they were: no price base is declared."]
    if declaration.who.kind is Kind.PEOPLE:
        assert declared.people is not None, "read_declaration has the file of people"
        every = months(first, period)
        window = read_window(connection, reference, outcome, every)
        found = read_people(
            connection,
            root,
            declaration,
            declared.people,
            period,
            [month for month in every if month not in window.without_accounts],
        )
        is_compared = bool(declaration.who.comparison)
        return judge_people(found, when, declaration.design, is_compared), [*cautions, *window.sentences]
    panel = read_panel(connection, declaration, period)
    panel = panel.without([month for month in panel.months if month < first])
    window = read_window(connection, reference, outcome, panel.months)
    panel = panel.without(window.without_accounts)
    return judge_places(panel, when, declaration.design, outcome.measure, window.unlike), [*cautions, *window.sentences]


def _first_month(connection: duckdb.DuckDBPyConnection) -> str:
    """The first month of the dataset."""
    row = connection.execute("SELECT strftime(min(month), '%Y-%m') FROM release.control_total").fetchone()
    return str(row[0]) if row and row[0] else "9999-12"


def _result(declared: Declared, version: str, judged: Judged, said: Sequence[str], cautions: Sequence[str]) -> Result:
    declaration = declared.declaration
    measure, facts = declaration.outcome.measure, judged.facts
    against = obstacles(facts)
    if not against and judged.effect is None:
        against = ["The outcome cannot be told in every month of every place."]
    effect = None if against else judged.effect
    is_money = measure in OF_MONEY
    heads = judged.heads
    of_all = (pounds if is_money else interval)(effect, heads) if heads is not None else Interval(value=None)
    to_date = (
        (pounds if is_money else interval)(effect, heads * facts.months_after) if heads is not None else Interval(value=None)
    )
    found = verdict(effect, against)
    return Result(
        name=declaration.what.name, version=version, question=declaration.what.question, owner=declaration.what.owner,
        declaration=declaration.model_dump(mode="json"), declaration_sha256=declared.sha256, remarks=said, verdict=found,
        answer=_answer(declaration, judged, effect, found), reasons=against or [_reason(found, effect)],
        cautions=[*cautions, *judged.cautions], unit=UNITS[measure], method=judged.method, months_before=facts.months_before,
        months_after=facts.months_after, treated=judged.treated, compared=judged.compared,
        mean_before=interval(Estimate(judged.mean_before) if judged.mean_before is not None else None),
        effect_a_head_and_month=interval(effect) if measure is Measure.COST_PER_HEAD else None,
        effect_a_month=of_all if heads is not None else interval(effect), effect_to_date=to_date,
        relative_effect=interval(effect, 1 / judged.without) if judged.without and judged.without > 0 else Interval(value=None),
        fit_before={name: None if value is None else published(value, MILLIONTH) for name, value in judged.fit.items()},
        balance=judged.balance, placebos=judged.placebos if effect else (), shifts=judged.shifts if effect else (),
        money=_money(declaration, judged, to_date) if is_money and effect else None,
        smallest_effect_a_month=published(judged.smallest.effect, MILLIONTH) if judged.smallest and effect else None,
        smallest_effect_share=published(judged.smallest.share_of_mean, MILLIONTH) if judged.smallest and effect else None,
    )  # fmt: skip


def _money(declaration: Declaration, judged: Judged, effect: Interval) -> Money:
    """What it cost from its start on, washout too, and what changed in the months after."""
    a_month = declaration.what.cost_per_month
    months = judged.facts.months_after
    in_all = months + len(declaration.when.left_out) if judged.months_of_test is None else judged.months_of_test
    cost = a_month * in_all
    net = Interval(**{end: None if value is None else value + cost for end, value in effect})
    return Money(
        cost_of_test=cost.quantize(PENNY), effect=effect, net=net,
        break_even_a_month=(cost / months).quantize(PENNY) if months else a_month,
    )  # fmt: skip


def _answer(declaration: Declaration, judged: Judged, effect: Estimate | None, found: Verdict) -> str:
    """The answer in one sentence."""
    is_share = declaration.outcome.measure is Measure.INSTITUTIONAL_SHARE
    if effect is None or found is Verdict.NOT_EVALUABLE:
        return "Whether it changed anything cannot be told from these figures."
    size, lower, upper = (_told(declaration, value) for value in (abs(effect.value), effect.lower, effect.upper))
    unit = "percentage points" if is_share else UNITS[declaration.outcome.measure].removeprefix("pounds ")
    share = (
        f" ({abs(effect.value / judged.without) * 100:.1f} %)" if judged.without and judged.without > 0 and not is_share else ""
    )
    way = "below" if effect.value < 0 else "above"
    what = "The share of institutions in the cost" if is_share else "The outcome"
    sentence = f"{what} was {size} {unit}{share} {way} what would have been; the 95 % interval of the difference is {lower} to {upper}."
    return sentence if found is not Verdict.NO_EVIDENCE else f"No change can be told from chance. {sentence}"


def _told(declaration: Declaration, value: float | None) -> str:
    measure = declaration.outcome.measure
    is_share = measure is Measure.INSTITUTIONAL_SHARE
    rounded = published(
        value * 100 if value is not None and is_share else value, Decimal("0.0001") if measure is Measure.UNITS else PENNY
    )
    if rounded is None:
        return "not known"
    return pounds_and_pence(rounded) if measure in OF_MONEY else f"{'−' if rounded < 0 else ''}{abs(rounded):,}"


def _reason(found: Verdict, effect: Estimate | None) -> str:
    assert effect is not None, "what has no obstacle has an effect"
    where = {
        Verdict.IMPROVED: "lies below 0 as a whole", Verdict.WORSE: "lies above 0 as a whole", Verdict.NO_EVIDENCE: "holds 0",
    }[found]  # fmt: skip
    return f"The 95 % interval of the effect {where}."
