"""What Great Expectations finds in the published tables on the way out.

Belongs here: the suites, made from the published models alone, and running them. Does not belong here: validating records
(`pipelines/ingest`), the file that they are kept in (`answers.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from schemas.published import PUBLISHED
from schemas.table import Column, Table, columns, equal_columns, is_small, key

if TYPE_CHECKING:
    import pandas as pd

EXPECTED = tuple(name for name, model in PUBLISHED.items() if is_small(model))
"""The tables with a suite: every published one that fits into memory whole."""


def check_name(table: str) -> str:
    """The name of the gate's check that runs the suite of a table."""
    return f"table_{table}"


@dataclass(frozen=True)
class Answer:
    """One expectation: in words, whether met, and of how many values how many are unexpected.

    The words are our own: plainer than Great Expectations', whose rendering takes longer than its answer.
    """

    sentence: str
    met: bool
    checked: int | None
    unexpected: int | None


@dataclass(frozen=True)
class SuiteResult:
    """What a suite found in its table. Never holds a value of the table."""

    table: str
    answers: list[Answer]

    @property
    def unmet(self) -> list[str]:
        """The expectations that the table does not meet."""
        return [a.sentence for a in self.answers if not a.met]


def run_suites(tables: Mapping[str, pa.Table]) -> list[SuiteResult]:
    """Run the suite of each table, in one ephemeral context.

    The batches are asked directly: a checkpoint would keep every suite and answer in stores of its own, which takes longer
    than the answer, and the page is ours (`pipelines/report/pages/made.py`).
    """
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("published").add_dataframe_asset("table")
    definition = asset.add_batch_definition_whole_dataframe("whole")
    return [_run_suite(gx, definition, name, table) for name, table in tables.items()]


def _run_suite(gx: Any, definition: Any, name: str, table: pa.Table) -> SuiteResult:
    batch = definition.get_batch({"dataframe": _frame(table)})
    suite = gx.ExpectationSuite(name=name, expectations=_expectations(gx.expectations, PUBLISHED[name]))
    return SuiteResult(name, [_answer(result) for result in batch.validate(suite, result_format="BASIC").results])


def _expectations(e: Any, model: type[Table]) -> list[Any]:
    """The suite of a table: all that its model declares."""
    declared = columns(model)
    made = [
        e.ExpectTableColumnsToMatchOrderedList(
            column_list=[c.name for c in declared],
            description="The columns are the declared ones, in the declared order.",
        )
    ]
    made += _unique(e, key(model))
    made += [expectation for c in declared for expectation in _of_column(e, c)]
    made += [
        e.ExpectColumnPairValuesToBeEqual(column_A=one, column_B=other, description=f"{one} equals {other}.")
        for one, other in equal_columns(model)
    ]
    return made


def _unique(e: Any, names: tuple[str, ...]) -> list[Any]:
    sentence = f"No two rows have the same {', '.join(names)}."
    if len(names) > 1:
        return [e.ExpectCompoundColumnsToBeUnique(column_list=list(names), description=sentence)]
    return [e.ExpectColumnValuesToBeUnique(column=name, description=sentence) for name in names]


def _of_column(e: Any, c: Column) -> list[Any]:
    """Filled in, of its closed list and within its bounds, where the column declares so."""
    made = []
    if c.required:
        made.append(e.ExpectColumnValuesToNotBeNull(column=c.name, description=f"{c.name} is always filled in."))
    if c.codes:
        values = [code.value for code in c.codes]
        sentence = f"{c.name} is one of {', '.join(values)}."
        made.append(e.ExpectColumnValuesToBeInSet(column=c.name, value_set=values, description=sentence))
    if c.minimum is not None:
        made.append(
            e.ExpectColumnValuesToBeBetween(column=c.name, min_value=c.minimum, max_value=c.maximum, description=_bounds(c))
        )
    return made


def _bounds(c: Column) -> str:
    if c.maximum is None:
        return f"{c.name} is at least {c.minimum}."
    return f"{c.name} is {c.minimum}." if c.minimum == c.maximum else f"{c.name} is {c.minimum} to {c.maximum}."


def _frame(table: pa.Table) -> "pd.DataFrame":
    """The table for Great Expectations: money as float64 in this batch only (its decimal path takes minutes a column)."""
    arrays = [c.cast(pa.float64()) if pa.types.is_decimal(c.type) else c for c in table.columns]
    frame: pd.DataFrame = pa.table(arrays, names=table.column_names).to_pandas()
    return frame


def _answer(result: Any) -> Answer:
    config, found = result.expectation_config, result.result
    return Answer(
        sentence=config.description,
        met=bool(result.success),
        checked=found.get("element_count"),
        unexpected=found.get("unexpected_count"),
    )
