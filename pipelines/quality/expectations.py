"""Great Expectations' judgement of the published tables on the way out.

Belongs here: the suites, made from the published models, and running them. Does not belong here: judging records
(`pipelines/ingest`), the pages that show the answers (`data_docs.py`).
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from schemas.published import PUBLISHED
from schemas.table import columns, key

JUDGED = ("control_total", "locality_month_cost", "submission")
"""The tables with a suite."""
AGE_BANDS = ["0-17", "18-64", "65-74", "75-84", "85+", "Unknown"]
STATUSES = ["balanced", "scaled", "located", "held", "activity_only", "out_of_band", "no_quantum", "unmapped"]
CRITICAL = "critical"


@dataclass(frozen=True)
class Answer:
    """One expectation: in words, how grave, whether met, and of how many values how many are unexpected.

    The words are our own: plainer than Great Expectations', whose rendering takes longer than its judgement.
    """

    sentence: str
    severity: str
    met: bool
    checked: int | None
    unexpected: int | None


@dataclass(frozen=True)
class Judgement:
    """What a suite found in its table. Never holds a value of the table."""

    table: str
    answers: list[Answer]

    @property
    def critical_failures(self) -> list[str]:
        return [a.sentence for a in self.answers if not a.met and a.severity == CRITICAL]

    @property
    def warnings(self) -> list[str]:
        return [a.sentence for a in self.answers if not a.met and a.severity != CRITICAL]


def judge_tables(tables: Mapping[str, pa.Table], period: str) -> list[Judgement]:
    """Judge each table of `JUDGED` by its suite, in an ephemeral context with one checkpoint.

    period: YYYY-MM, the name of the run; its first day is the run's time, so that no clock shows in a report.
    """
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("published")
    return [_judge(gx, context, source, name, tables[name], period) for name in JUDGED]


def _judge(gx: Any, context: Any, source: Any, name: str, table: pa.Table, period: str) -> Judgement:
    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole")
    suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=_expectations(gx, name)))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name=name, validation_definitions=[definition], result_format={"result_format": "SUMMARY"})
    )
    first_day = datetime.datetime.fromisoformat(f"{period}-01T12:00:00+00:00")
    run = gx.RunIdentifier(run_name=period, run_time=first_day)
    result = checkpoint.run(batch_parameters={"dataframe": _frame(table)}, run_id=run)
    validation = next(iter(result.run_results.values()))
    return Judgement(name, [_answer(r) for r in validation.results])


def _expectations(gx: Any, name: str) -> list[Any]:
    """What holds for every published table, then what is particular to this one."""
    e, model = gx.expectations, PUBLISHED[name]
    names, unique = [c.name for c in columns(model)], list(key(model))
    made = [
        e.ExpectTableColumnsToMatchOrderedList(
            column_list=names, severity=CRITICAL, description="The columns are the declared ones, in the declared order."
        ),
        e.ExpectCompoundColumnsToBeUnique(
            column_list=unique, severity=CRITICAL, description=f"No two rows have the same {', '.join(unique)}."
        ),
    ]
    made += [
        e.ExpectColumnValuesToNotBeNull(column=c.name, severity=CRITICAL, description=f"{c.name} is always filled in.")
        for c in columns(model)
        if c.required
    ]
    return made + {
        "control_total": _control_total,
        "locality_month_cost": _locality_month_cost,
        "submission": _submission,
    }[name](e)


def _control_total(e: Any) -> list[Any]:
    return [
        e.ExpectColumnValuesToBeBetween(
            column="difference", min_value=0, max_value=0, severity=CRITICAL, description="difference is 0.00."
        ),
        e.ExpectColumnPairValuesToBeEqual(
            column_A="published", column_B="ledger_quantum", severity=CRITICAL, description="published equals ledger_quantum."
        ),
        _in_set(e, "status", STATUSES, CRITICAL),
    ]


def _locality_month_cost(e: Any) -> list[Any]:
    return [
        _in_set(e, "age_band", AGE_BANDS, CRITICAL),
        e.ExpectColumnValuesToBeBetween(
            column="simd_quintile", min_value=1, max_value=5, severity=CRITICAL, description="simd_quintile is 1 to 5."
        ),
        _at_least(e, "people", 0, CRITICAL),
        _at_least(e, "population", 0, CRITICAL),
    ]


def _submission(e: Any) -> list[Any]:
    """Refused files and nil returns are named by the gate itself, where they are news."""
    return [
        _in_set(e, "status", ["accepted", "replaced", "refused"], CRITICAL),
        _at_least(e, "rows", 0, CRITICAL),
        _at_least(e, "quarantined", 0, CRITICAL),
    ]


def _in_set(e: Any, column: str, values: list[str], severity: str) -> Any:
    sentence = f"{column} is one of {', '.join(values)}."
    return e.ExpectColumnValuesToBeInSet(column=column, value_set=values, severity=severity, description=sentence)


def _at_least(e: Any, column: str, least: int, severity: str) -> Any:
    sentence = f"{column} is at least {least}."
    return e.ExpectColumnValuesToBeBetween(column=column, min_value=least, severity=severity, description=sentence)


def _frame(table: pa.Table) -> pd.DataFrame:
    """The table for Great Expectations: money as float64 in this batch only (its decimal path takes minutes a column)."""
    arrays = [c.cast(pa.float64()) if pa.types.is_decimal(c.type) else c for c in table.columns]
    frame: pd.DataFrame = pa.table(arrays, names=table.column_names).to_pandas()
    return frame


def _answer(result: Any) -> Answer:
    config, found = result.expectation_config, result.result
    return Answer(
        sentence=config.description,
        severity=str(getattr(config.severity, "value", config.severity)),
        met=bool(result.success),
        checked=found.get("element_count"),
        unexpected=found.get("unexpected_count"),
    )
