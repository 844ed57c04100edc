"""The registry of rules: every example is validated from its file on, and fails or passes as the registry says."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.database import open_database
from pipelines.ingest.landing import Landed
from pipelines.ingest.raw import write_raw
from pipelines.ingest.validating.group import Files
from pipelines.ingest.validating.outcome import Outcome
from pipelines.ingest.validating.validate import validate
from pipelines.warehouse.root import DataRoot
from schemas.codes import Severity
from schemas.examples import BEYOND_HEADER, GOOD_RECORD, KNOWN_POSTCODE, PERIOD, Fields, example_file
from schemas.feeds import FEEDS
from schemas.reference import REFERENCE
from schemas.rules import CROSS_RULES, DRIFT_RULES, FILE_RULES, CrossRule, DriftRule, FileRule, Rule, rules_of
from schemas.table import arrow_schema

RULES = [(feed, rule) for feed in FEEDS for rule in rules_of(feed)]


def validated(
    folder: Path, feed: str, rows: list[dict[str, str]], period: str = PERIOD
) -> tuple[Outcome, list[dict], list[dict]]:
    """The outcome, the accepted and the quarantined records of a CSV file of a feed."""
    root = DataRoot(folder)
    root.prepare()
    path = folder / f"{feed}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(name for name in rows[0] if name != BEYOND_HEADER)
        writer.writerows(row.values() for row in rows)
    postcodes = folder / "postcodes.parquet"
    fields = [pa.field(f.name, f.type) for f in arrow_schema(REFERENCE["postcodes"])]
    pq.write_table(pa.Table.from_pylist([{"Postcode": KNOWN_POSTCODE}], pa.schema(fields)), postcodes)
    agency = "angus" if FEEDS[feed].kind == "council" else "nhs-tayside"
    landed = Landed(agency, feed, period, 0, path, "0" * 64)
    raw, staged, quarantine = (folder / layer / f"{feed}.parquet" for layer in ("raw", "staged", "quarantine"))
    write_raw(landed, raw)
    with open_database(folder) as connection:
        outcome = validate(connection, Files(landed, raw, staged, quarantine), postcodes)
    return outcome, pq.read_table(staged).to_pylist(), pq.read_table(quarantine).to_pylist()


def broken(outcome: Outcome) -> dict[str, int]:
    return {rule_id: count.failed for rule_id, count in outcome.rules.items() if count.failed}


def example(feed: str, changed: Fields) -> list[dict[str, str]]:
    """A file with the good record and one that differs from it; every column that the example needs is there."""
    good = {name: "" for name in changed if name != BEYOND_HEADER} | dict(GOOD_RECORD[feed])
    return example_file(FEEDS[feed].key[0], good, changed)


@pytest.mark.parametrize(("feed", "rule"), RULES, ids=[f"{feed}-{rule.rule_id}" for feed, rule in RULES])
def test_the_examples_of_a_rule_fail_by_it_alone_and_pass(tmp_path: Path, feed: str, rule: Rule) -> None:
    outcome, accepted, quarantined = validated(tmp_path / "fails", feed, example(feed, rule.fails))
    assert broken(outcome) == {rule.rule_id: 1}
    if rule.severity == "record":
        assert (len(accepted), [row["broken_rules"] for row in quarantined]) == (1, [rule.rule_id])
    else:
        assert (len(accepted), quarantined) == (2, [])
    outcome, accepted, quarantined = validated(tmp_path / "passes", feed, example(feed, rule.passes))
    assert (broken(outcome), len(accepted), quarantined) == ({}, 2, [])


def test_a_rule_has_one_id_a_known_severity_and_a_sentence() -> None:
    for feed in FEEDS:
        ids = [rule.rule_id for rule in rules_of(feed)]
        assert len(ids) == len(set(ids))
    registered: list[Rule | FileRule | CrossRule | DriftRule] = [rule for _, rule in RULES]
    registered += [*FILE_RULES.values(), *CROSS_RULES.values(), *DRIFT_RULES.values()]
    for rule in registered:
        assert rule.severity in list(Severity)
        assert rule.sentence.endswith(".")
        assert rule.fails != rule.passes
