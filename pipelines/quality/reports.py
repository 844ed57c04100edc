"""Great Expectations' judgement of the published tables, as pages an auditor can open anywhere.

Belongs here: suites made from the published models, running them, rendering. Does not belong here: judging records.
Great Expectations judges; the pages are our own rendering of its validation result, because its Data Docs as made need
the network and show sample values. No page holds a value of a record, an address or a script.
"""

import datetime
import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from schemas.published import PUBLISHED
from schemas.table import Table, columns, key

STYLE = """body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3em;text-align:left}
.passed{color:#060}.failed{color:#a00;font-weight:bold}"""


@dataclass(frozen=True)
class Judgement:
    """What a suite found: each expectation in words, whether it is critical, and whether it was met."""

    suite: str
    results: list[tuple[str, str, bool]]

    @property
    def passed(self) -> bool:
        return all(met for _, severity, met in self.results if severity == "critical")


def write_reports(tables: Mapping[str, pa.Table], out: Path, run_name: str, run_day: datetime.date) -> list[Judgement]:
    """Judge each table by its suite and write `data_docs/` below `out`. Returns a judgement for each table."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("published")
    judgements = [_judge(gx, context, source, name, table, run_name, run_day) for name, table in tables.items()]
    _write_pages(judgements, out / "data_docs", run_name)
    return judgements


def _judge(gx: Any, context: Any, source: Any, name: str, table: pa.Table, run_name: str, run_day: datetime.date) -> Judgement:
    asset = source.add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("whole")
    suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=_expectations(gx, name, PUBLISHED[name])))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name=name, validation_definitions=[definition], result_format={"result_format": "SUMMARY"})
    )
    noon = datetime.datetime.combine(run_day, datetime.time(12), datetime.UTC)
    run = gx.RunIdentifier(run_name=run_name, run_time=noon)
    result = checkpoint.run(batch_parameters={"dataframe": _frame(table)}, run_id=run)
    validation = next(iter(result.run_results.values()))
    return Judgement(name, [_in_words(r) for r in validation.results])


def _expectations(gx: Any, name: str, model: type[Table]) -> list[Any]:
    e = gx.expectations
    made = [e.ExpectTableColumnsToMatchOrderedList(column_list=[c.name for c in columns(model)], severity="critical")]
    made += [e.ExpectColumnValuesToNotBeNull(column=c.name, severity="critical") for c in columns(model) if c.required]
    made.append(e.ExpectCompoundColumnsToBeUnique(column_list=list(key(model)), severity="critical"))
    if name == "control_total":
        made.append(e.ExpectColumnValuesToBeBetween(column="difference", min_value=0, max_value=0, severity="critical"))
        made.append(e.ExpectColumnPairValuesToBeEqual(column_A="published", column_B="ledger_quantum", severity="critical"))
        expected = ["balanced", "scaled", "located", "held"]
        made.append(e.ExpectColumnValuesToBeInSet(column="status", value_set=expected, severity="warning"))
    if name == "locality_month_cost":
        bands = ["0-17", "18-64", "65-74", "75-84", "85+", "Unknown"]
        made.append(e.ExpectColumnValuesToBeInSet(column="age_band", value_set=bands, severity="critical"))
        made.append(e.ExpectColumnValuesToBeBetween(column="simd_quintile", min_value=1, max_value=5, severity="critical"))
        made.append(e.ExpectColumnValuesToBeBetween(column="people", min_value=0, severity="critical"))
    if name == "submission":
        made.append(e.ExpectColumnValuesToBeInSet(column="status", value_set=["accepted", "replaced"], severity="warning"))
        made.append(e.ExpectColumnValuesToBeBetween(column="rows", min_value=1, severity="warning"))
    return made


def _frame(table: pa.Table) -> pd.DataFrame:
    """The table for Great Expectations: money as float64 in this batch only (its decimal path takes minutes a column)."""
    arrays = [c.cast(pa.float64()) if pa.types.is_decimal(c.type) else c for c in table.columns]
    frame: pd.DataFrame = pa.table(arrays, names=table.column_names).to_pandas()
    return frame


def _in_words(result: Any) -> tuple[str, str, bool]:
    config = result.expectation_config
    given = {k: v for k, v in config.kwargs.items() if k != "batch_id"}
    words = config.type.replace("_", " ") + ": " + ", ".join(f"{k} = {v}" for k, v in sorted(given.items()))
    severity = getattr(config.severity, "value", str(config.severity))
    return words, severity, bool(result.success)


def _write_pages(judgements: list[Judgement], out: Path, run_name: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    rows = "".join(
        f'<tr><td><a href="{j.suite}.html">{j.suite}</a></td><td>{sum(met for *_, met in j.results)} of {len(j.results)}</td>'
        f"<td>{_verdict(j.passed)}</td></tr>"
        for j in judgements
    )
    head = "<tr><th>table</th><th>expectations met</th><th>verdict</th></tr>"
    _write_page(out / "index.html", f"Judgement of the tables, {run_name}", f"<table>{head}{rows}</table>")
    for j in judgements:
        rows = "".join(
            f"<tr><td>{html.escape(words)}</td><td>{severity}</td><td>{_verdict(met)}</td></tr>"
            for words, severity, met in j.results
        )
        head = "<tr><th>expectation</th><th>severity</th><th>verdict</th></tr>"
        _write_page(out / f"{j.suite}.html", f"{j.suite}, {run_name}", f"<table>{head}{rows}</table>")


def _verdict(passed: bool) -> str:
    return '<span class="passed">met</span>' if passed else '<span class="failed">not met</span>'


def _write_page(path: Path, title: str, body: str) -> None:
    page = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head>'
    path.write_text(f"{page}<body><h1>{title}</h1>{body}</body></html>\n", "utf-8")
