"""The registry of rules: every example is validated from its file on, and fails or passes as the registry says."""

import functools
from collections.abc import Callable

import duckdb
import pytest

from schemas.codes import Severity
from schemas.examples import BEYOND_HEADER, GOOD_RECORD, Fields, example_file
from schemas.feeds import FEEDS
from schemas.rules import CROSS_RULES, DRIFT_RULES, FILE_RULES, CrossRule, DriftRule, FileRule, Rule, rules_of
from tests.validated import Validated, all_validated, broken

RULES = [(feed, rule) for feed in FEEDS for rule in rules_of(feed)]


def example(feed: str, changed: Fields) -> list[dict[str, str]]:
    """A file with the good record and one that differs from it; every column that the example needs is there."""
    good = {name: "" for name in changed if name != BEYOND_HEADER} | dict(GOOD_RECORD[feed])
    return example_file(FEEDS[feed].key[0], good, changed)


Pair = tuple[Validated, Validated]


@pytest.fixture(scope="module")
def examples_of(
    tmp_path_factory: pytest.TempPathFactory, reading: duckdb.DuckDBPyConnection
) -> Callable[[str], dict[str, Pair]]:
    """What the examples of a feed come to, by rule: the one that fails, the one that passes; all of them validated at once."""

    @functools.cache
    def examples(feed: str) -> dict[str, Pair]:
        files = [example(feed, fields) for rule in rules_of(feed) for fields in (rule.fails, rule.passes)]
        found = iter(all_validated(reading, tmp_path_factory.mktemp(feed), feed, files))
        return dict(zip([rule.rule_id for rule in rules_of(feed)], zip(found, found, strict=True), strict=True))

    return examples


@pytest.mark.parametrize(("feed", "rule"), RULES, ids=[f"{feed}-{rule.rule_id}" for feed, rule in RULES])
def test_the_examples_of_a_rule_fail_by_it_alone_and_pass(
    examples_of: Callable[[str], dict[str, Pair]], feed: str, rule: Rule
) -> None:
    fails, passes = examples_of(feed)[rule.rule_id]
    outcome, accepted, quarantined = fails
    assert broken(outcome) == {rule.rule_id: 1}
    if rule.severity == "record":
        assert (len(accepted), [row["broken_rules"] for row in quarantined]) == (1, [rule.rule_id])
    else:
        assert (len(accepted), quarantined) == (2, [])
        assert [row["warned_rules"] for row in accepted if row["warned_rules"] is not None] == [rule.rule_id]
    outcome, accepted, quarantined = passes
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
