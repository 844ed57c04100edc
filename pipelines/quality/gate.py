"""The gate: what must hold before a release is published. Every check runs; any blocking one that fails refuses.

Belongs here: running the checks over the tables of a refresh. Does not belong here: which checks there are (`checks.py`),
those of files (`file_checks.py`), validating records (`pipelines/ingest`), checking a published release
(`pipelines/release/verify.py`).
"""

from dataclasses import replace

from pipelines.engine.ahead import at_once
from pipelines.engine.parquet import read_tables
from pipelines.engine.said import visible
from pipelines.quality.answers import write_answers
from pipelines.quality.checks import BY_SQL, Declared
from pipelines.quality.expectations import EXPECTED, check_name, run_suites
from pipelines.quality.file_checks import answer, file_checks
from pipelines.quality.verdict import Check
from pipelines.quality.withheld import naming_nobody
from pipelines.warehouse.tables import Tables

SENTENCES = "sentences"
"""The one column of a SELECT that names all that breaks its check in one row, with `; ` between the cases."""


def check(tables: Tables) -> list[Check]:
    """The answers of every check, in the order of `CHECKS`; those of Great Expectations are kept in its folder too."""
    checks = file_checks(tables)
    by_sql, of_tables = at_once(lambda judge: judge(tables), (_by_sql, _of_tables))
    return _naming_nobody(tables, [*checks, *by_sql, *of_tables])


def _by_sql(tables: Tables) -> list[Check]:
    found = tables.selected("gate", [c.name for c in BY_SQL])
    return [_of_select(declared, found[declared.name]) for declared in BY_SQL]


def _of_tables(tables: Tables) -> list[Check]:
    files = tables.published()
    results = run_suites({name: read_tables(files[name]) for name in EXPECTED})
    write_answers(results, tables.work.expectations)
    return [answer(check_name(r.table), r.unmet) for r in results]


def _naming_nobody(tables: Tables, checks: list[Check]) -> list[Check]:
    """The answers with what names somebody withheld, and nothing in them that moves a cursor or hides."""
    words = naming_nobody(tables, [text for c in checks for text in (c.detail, *c.cases)])
    said = iter(visible(text) for text in words)
    return [replace(c, detail=next(said), cases=[next(said) for _ in c.cases]) for c in checks]


def _of_select(declared: Declared, rows: list[dict]) -> Check:
    """A check that is a SELECT of what breaks it: no row, it holds. The first row is the detail; one that has all cases in its
    `sentences` is whole.
    """
    if not rows:
        return answer(declared.name, [])
    if list(rows[0]) == [SENTENCES]:
        sentences = rows[0][SENTENCES]
        detail = f"{sentences}; it should be that {declared.sentence}"
        return Check(declared.name, False, detail, declared.blocks, sentences.split("; "))
    cases = [", ".join(str(value) for value in row.values() if value is not None) for row in rows]
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return Check(declared.name, False, f"{cases[0]}{more}; it should be that {declared.sentence}", declared.blocks, cases)
