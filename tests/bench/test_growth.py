"""The table of growth has the newest result of each scale by size, says what it was measured on, and keeps the rows of other scales."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.growth import BEGINS, ENDS, HEADER, main
from tests.bench.test_tables import result

DOCUMENT = f"# Growth\n\n{BEGINS}\nold\n{ENDS}\n\nmore\n"


def keep(folder: Path, name: str, cold: float, **other: Any) -> None:
    """A result under a folder, as the benchmark keeps it."""
    versions = {"commit": "abc", "python": "3.11.0", "duckdb": "2.0.0"}
    one = result(cold, scale=name.split("-")[0], versions=versions, **other)
    (folder / "results").mkdir(exist_ok=True)
    (folder / "results" / f"{name}.json").write_text(json.dumps(one), "utf-8")


def document_of(folder: Path, text: str = DOCUMENT) -> Path:
    document = folder / "growth.md"
    document.write_text(text, "utf-8")
    return document


def rows_of(document: Path) -> list[list[str]]:
    """The cells of the table's rows, without its header."""
    lines = [line for line in document.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_newest_result_of_each_scale_is_a_row(tmp_path: Path) -> None:
    keep(tmp_path, "tayside-20260101T000000Z", 40.0, people=417_650)
    keep(tmp_path, "eighth-20260101T000000Z", 99.0)
    keep(tmp_path, "eighth-20260102T000000Z", 10.0)
    document = document_of(tmp_path)
    main(document, tmp_path)
    eighth, tayside = rows_of(document)
    assert dict(zip(HEADER, eighth, strict=True)) == {
        "scale": "eighth", "people": "5,000", "rows": "1,000", "files MB": "1.5", "floor s": "2.0", "cold s": "10.0", "cold ÷ floor": "5.0",
        "cold s a million rows": "10,000.0", "again s": "3.0", "month s": "4.0", "peak GB": "0.10", "written MB": "10", "release MB": "5.0",
    }  # fmt: skip
    assert tayside[:2] == ["tayside", "417,650"]


def test_what_is_around_the_table_stays_and_the_old_one_goes(tmp_path: Path) -> None:
    keep(tmp_path, "eighth-20260101T000000Z", 10.0)
    document = document_of(tmp_path)
    main(document, tmp_path)
    once = document.read_text("utf-8")
    main(document, tmp_path)
    assert document.read_text("utf-8") == once
    assert once.startswith(f"# Growth\n\n{BEGINS}\n\n| scale |")
    assert once.endswith(f"\n{ENDS}\n\nmore\n")
    assert "\nold\n" not in once


def test_a_scale_that_was_not_measured_here_keeps_its_row_and_one_of_the_tests_has_none(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    other = {"cpu": "another (R): one", "cores": 8, "memory_gb": 16.0}
    keep(there, "eighth-20260101T000000Z", 10.0)
    keep(there, "half-20260101T000000Z", 20.0)
    keep(there, "tayside-20260101T000000Z", 40.0, machine=other)
    keep(here, "half-20260102T000000Z", 30.0, machine=other)
    keep(here, "small-20260102T000000Z", 99.0)
    document = document_of(tmp_path)
    main(document, there)
    before = document.read_text("utf-8").splitlines()
    main(document, here)
    after = document.read_text("utf-8").splitlines()
    assert [row[HEADER.index("cold s")] for row in rows_of(document)] == ["10.0", "30.0", "40.0"]
    assert [line for line in after if line.startswith("| tayside")] == [line for line in before if line.startswith("| tayside")]
    assert [line.partition(": ")[0] for line in after if line.startswith("- ")] == [
        "- `eighth` (load before 0.1)",
        "- `half` (load before 0.1), `tayside` (load before 0.1)",
    ]


def test_a_row_is_not_lost_that_nobody_knows_the_machine_of(tmp_path: Path) -> None:
    keep(tmp_path, "half-20260102T000000Z", 30.0)
    text = DOCUMENT.replace("old", "| tayside | 417,650 |\n| small | 5,000 |")
    document = document_of(tmp_path, text)
    with pytest.raises(SystemExit, match="on what tayside was measured"):
        main(document, tmp_path)
    assert document.read_text("utf-8") == text


def test_where_it_was_measured_is_told_once_for_those_measured_alike(tmp_path: Path) -> None:
    keep(tmp_path, "eighth-20260101T000000Z", 10.0)
    keep(tmp_path, "half-20260101T000000Z", 20.0, people=208_825)
    keep(tmp_path, "tayside-20260101T000000Z", 40.0, people=417_650, machine={"cpu": "another", "cores": 8, "memory_gb": 16.0})
    document = document_of(tmp_path)
    main(document, tmp_path)
    assert [line for line in document.read_text("utf-8").splitlines() if line.startswith("- ")] == [
        "- `eighth` (load before 0.1), `half` (load before 0.1): 2 cores of a processor, 4.0 GB; commit abc, Python 3.11.0, DuckDB 2.0.0; median of 1.",
        "- `tayside` (load before 0.1): 8 cores of another, 16.0 GB; commit abc, Python 3.11.0, DuckDB 2.0.0; median of 1.",
    ]


def test_a_run_with_a_limit_of_its_own_is_no_row(tmp_path: Path) -> None:
    keep(tmp_path, "eighth-20260101T000000Z", 10.0)
    keep(tmp_path, "eighth-20260102T000000Z", 99.0, settings={"IRF_MEMORY_LIMIT": "1GB"})
    document = document_of(tmp_path)
    main(document, tmp_path)
    assert [row[HEADER.index("cold s")] for row in rows_of(document)] == ["10.0"]


def test_without_marks_or_results_nothing_is_written(tmp_path: Path) -> None:
    document = document_of(tmp_path, "# Growth\n")
    with pytest.raises(SystemExit, match="no results"):
        main(document, tmp_path)
    keep(tmp_path, "eighth-20260101T000000Z", 10.0)
    with pytest.raises(SystemExit, match="has not the lines"):
        main(document, tmp_path)
    assert document.read_text("utf-8") == "# Growth\n"
