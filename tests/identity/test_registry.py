"""The history of links keeps every change of a client's person id, and a period can run again."""

import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine.errors import IrfError
from pipelines.identity import registry
from tests.identity.people import (
    table,
)


def test_history_grows_only_with_changes_and_a_period_can_run_again() -> None:
    april = registry.link_history(None, ids(("A1", "p1", "unlinked"), ("A2", "p2", "chi")), "2026-04")
    unchanged = registry.link_history(april, ids(("A1", "p1", "unlinked"), ("A2", "p2", "chi")), "2026-05")
    assert unchanged.equals(april)
    changed = ids(("A1", "p9", "probabilistic"), ("A2", "p2", "chi"))
    june = registry.link_history(unchanged, changed, "2026-06")
    assert june.num_rows == 3
    assert registry.link_history(june, changed, "2026-06").equals(june)
    assert registry.person_history(april, changed, "2026-06").to_pylist() == [
        {"old_person_id": "p1", "new_person_id": "p9", "changed_in": "2026-06"}
    ]
    assert registry.person_history(june, changed, "2026-06").num_rows == 1
    assert registry.person_history(june, changed, "2026-07").num_rows == 1


def test_a_decision_within_a_period_is_remembered_too() -> None:
    first = registry.link_history(None, ids(("A1", "p9", "unlinked")), "2026-04")
    decided = ids(("A1", "p1", "decision"))
    second = registry.link_history(first, decided, "2026-04")
    expected = [{"old_person_id": "p9", "new_person_id": "p1", "changed_in": "2026-04"}]
    assert registry.person_history(first, decided, "2026-04").to_pylist() == expected
    assert registry.link_history(second, decided, "2026-04").equals(second)
    assert registry.person_history(second, decided, "2026-05").to_pylist() == expected


def test_running_an_earlier_period_again_loses_no_later_row() -> None:
    april = registry.link_history(None, ids(("A1", "p1", "unlinked")), "2026-04")
    june = registry.link_history(april, ids(("A1", "p9", "chi")), "2026-06")
    assert registry.link_history(june, ids(("A1", "p1", "unlinked")), "2026-04").equals(june)
    assert registry.person_history(june, ids(("A1", "p1", "unlinked")), "2026-04").num_rows == 0


def test_a_new_method_with_the_same_id_is_no_change_of_person() -> None:
    april = registry.link_history(None, ids(("A1", "p1", "probabilistic")), "2026-04")
    assert registry.person_history(april, ids(("A1", "p1", "decision")), "2026-05").num_rows == 0
    assert registry.link_history(april, ids(("A1", "p1", "decision")), "2026-05").num_rows == 2


def test_a_row_of_the_history_holds_until_the_next_and_keeps_its_weight(tmp_path: Path) -> None:
    april = registry.link_history(None, ids(("A1", "p1", "unlinked"), ("A2", "p2", "chi")), "2026-04")
    june = registry.link_history(april, ids(("A1", "p9", "decision")), "2026-06")
    registry.save_history(june, tmp_path / "history.parquet")
    rows = pq.read_table(tmp_path / "history.parquet").to_pylist()
    assert [(row["social_care_id"], row["valid_from"], row["valid_to"]) for row in rows] == [
        ("A1", "2026-04", "2026-06"),
        ("A1", "2026-06", None),
        ("A2", "2026-04", None),
    ]
    assert {row["model_version"] for row in rows} == {"m1"}
    registry.save_history(registry.LINK_HISTORY.empty_table(), tmp_path / "empty.parquet")
    assert pq.read_table(tmp_path / "empty.parquet").column_names == list(rows[0])


def test_a_history_of_before_weights_were_kept_is_read(tmp_path: Path) -> None:
    history = registry.link_history(None, ids(("A1", "p1", "chi")), "2026-04")
    registry.save_history(history.drop_columns(["link_probability", "model_version"]), tmp_path / "old.parquet")
    loaded = registry.load_history(tmp_path / "old.parquet")
    assert loaded is not None
    assert loaded.schema == registry.LINK_HISTORY
    assert loaded["model_version"].to_pylist() == [None]


def test_a_damaged_history_is_named_like_a_missing_one(tmp_path: Path) -> None:
    """One that is taken for empty would be published as a history in which nobody has changed."""
    path = tmp_path / "link_history.parquet"
    registry.save_history(registry.link_history(None, ids(("A1", "p1", "chi")), "2026-04"), path)
    whole = path.read_bytes()
    for damage in (b"", whole[:-20], whole[:-40] + b"\xff" * 32 + whole[-8:]):
        path.write_bytes(damage)
        with pytest.raises(IrfError, match="cannot be read as a link history; put state/ back from the backup"):
            registry.load_history(path)
    pq.write_table(pa.table({"agency": ["angus"], "social_care_id": ["A1"]}), path)
    with pytest.raises(IrfError, match="cannot be read as a link history"):
        registry.load_history(path)


def test_first_and_empty_histories() -> None:
    assert registry.link_history(None, ids(), "2026-04").num_rows == 0
    assert registry.person_history(None, ids(("A1", "p1", "chi")), "2026-04").schema == registry.PERSON_HISTORY


def test_history_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "link_history.parquet"
    assert registry.load_history(path) is None
    history = registry.link_history(None, ids(("A1", "p1", "chi")), "2026-04")
    registry.save_history(history, path)
    loaded = registry.load_history(path)
    assert loaded is not None
    assert loaded.equals(history)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def ids(*rows: tuple[str, str, str]) -> pa.Table:
    names = ("social_care_id", "person_id", "link_method")
    values = [{"agency": "angus", "model_version": "m1", **dict(zip(names, row, strict=True))} for row in rows]
    return table(values, pa.schema([field for field in registry.LINK_HISTORY if field.name != "valid_from"]))
