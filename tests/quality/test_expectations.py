"""Great Expectations: a suite made from the model finds each way in which a published table is not as declared."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.quality.expectations import EXPECTED, SuiteResult, run_suites
from schemas.published import PUBLISHED
from schemas.table import arrow_schema, columns, equal_columns, is_small, key
from tests.once import asked_once

VALUES = {pa.string(): "x", pa.int64(): 1, pa.bool_(): True, pa.date32(): datetime.date(2025, 5, 1)}


def good_row(name: str) -> dict:
    """A row of a table that is as declared."""
    row: dict = {}
    for c in columns(PUBLISHED[name]):
        row[c.name] = Decimal(1) if pa.types.is_decimal(c.arrow_type) else VALUES[c.arrow_type]
        if c.codes:
            row[c.name] = str(c.codes[0])
        if c.maximum is not None:
            row[c.name] = type(row[c.name])(c.maximum)
    return row


def unmet(name: str, *rows: dict) -> list[str]:
    (result,) = run_suites({name: table(name, *rows)})
    return result.unmet


def table(name: str, *rows: dict) -> pa.Table:
    """The rows as a table whose columns may be blank."""
    return pa.Table.from_pylist(list(rows), pa.schema([(f.name, f.type) for f in arrow_schema(PUBLISHED[name])]))


def bad_rows(name: str) -> dict[str, dict]:
    """By the sentence of an expectation a row that does not meet it."""
    good, said, found = good_row(name), sentences(name), {}
    for c in columns(PUBLISHED[name]):
        if c.required:
            found[f"{c.name} is always filled in."] = good | {c.name: None}
        if c.codes:
            found[f"{c.name} is one of {', '.join(c.codes)}."] = good | {c.name: "?"}
        if c.minimum is not None:
            found[next(s for s in said if s.startswith(f"{c.name} is ") and s[-2].isdigit())] = good | {
                c.name: type(good[c.name])(c.minimum - 1)
            }
    for one, other in equal_columns(PUBLISHED[name]):
        found[f"{one} equals {other}."] = good | {one: good[one] + 1}
    return found


def sentences(name: str) -> list[str]:
    (result,) = run_suites({name: table(name, good_row(name))})
    return [a.sentence for a in result.answers]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_suite_is_all_that_the_model_declares(name: str) -> None:
    good = good_row(name)
    assert unmet(name, good) == []
    bad = bad_rows(name)
    found = unmet(name, good, *bad.values())
    unique = [f"No two rows have the same {', '.join(key(PUBLISHED[name]))}."] if key(PUBLISHED[name]) else []
    columns_in_order = "The columns are the declared ones, in the declared order."
    assert set(bad) <= set(found)
    assert set(sentences(name)) == {columns_in_order, *unique, *bad}
    assert set(unique) <= set(unmet(name, good, good))
    swapped = table(name, good).select([*reversed(table(name, good).column_names)])
    (result,) = run_suites({name: swapped})
    assert columns_in_order in result.unmet


def test_tables_do_not_answer_for_one_another() -> None:
    bad = good_row("submission") | {"status": "?"}
    results = run_suites({"service": table("service", good_row("service")), "submission": table("submission", bad)})
    again = run_suites({"submission": table("submission", bad), "service": table("service", good_row("service"))})
    for found in (results, again):
        by_table: dict[str, SuiteResult] = {r.table: r for r in found}
        assert by_table["service"].unmet == []
        assert by_table["submission"].unmet == ["status is one of accepted, replaced, refused."]


def test_tests_ask_about_a_table_again_unless_it_is_the_same() -> None:
    """What stands for `run_suites` in refreshes of the tests (`tests/once.py`) answers as it does."""
    asked: list[str] = []

    def counted(tables: Mapping[str, pa.Table]) -> list[SuiteResult]:
        asked.extend(tables)
        return run_suites(tables)

    answers = asked_once(counted)
    good, bad = good_row("service"), good_row("service") | {"service": None}
    for rows in ([good], [bad], [good, good], [good]):
        tables = {"price_index": table("price_index", good_row("price_index")), "service": table("service", *rows)}
        assert answers(tables) == run_suites(tables)
    assert answers({"service": table("service", bad).drop_columns(["service"])})[0].unmet
    assert asked == ["price_index", "service", "service", "service", "service"]


def test_only_tables_that_grow_with_people_and_records_have_no_suite() -> None:
    large = [name for name, model in PUBLISHED.items() if not is_small(model)]
    assert large == ["cost_line", "client_month_cost", "person", "ledger_line", "person_year"]
    assert set(EXPECTED) == set(PUBLISHED) - set(large)
