"""The tables of the benchmark: medians over turns, each process beside the floor, stages with their large steps, differences."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tests import REPOSITORY
from tests.bench.tables import compared, main, median, of_steps, outside_s, read, shown


def step(name: str, began: float, seconds: float, rows: int | None = None, peak_mb: float | None = None) -> dict[str, Any]:
    took = {
        "began": began,
        "seconds": seconds,
        "cpu_seconds": 1.5 * seconds,
        "rows": rows,
        "written_mb": 1.0,
        "peak_mb": peak_mb,
    }
    return {"step": name, "stage": name.split("/")[0], **took}


def process(seconds: float, *steps: dict[str, Any], ended: int | None = 0) -> dict[str, Any]:
    taken = {"seconds": seconds, "cpu_seconds": seconds / 2, "peak_mb": 100.0, "written_mb": 10.0, "ended": ended}
    return {**taken, "rows": 1_000, "release_mb": 5.0, "steps": list(steps)}


def turn(cold: float) -> dict[str, Any]:
    steps = [
        step("core/record", 1.5, cold - 4, 70, 200.0), step("core/small", cold - 2, 0.1, 5), step("gate", cold - 1.4, 1.0, None, 300.0)
    ]  # fmt: skip
    return {"floor": process(2.0), "cold": process(cold, *steps), "again": process(3.0), "month": process(4.0)}


def result(*cold: float, **other: Any) -> dict[str, Any]:
    return {
        "scale": "small", "people": 5_000, "months": 3, "world": "w", "files": 9, "landing_mb": 1.5, "load_before": 0.1,
        "machine": {"cpu": "a processor", "cores": 2, "memory_gb": 4.0}, "versions": {"commit": "abc", "python": "3.11.0"}, "settings": {},
        "turns": [turn(seconds) for seconds in cold], **other,
    }  # fmt: skip


def kept(folder: Path, name: str, one: dict[str, Any]) -> Path:
    file = folder / f"{name}.json"
    file.write_text(json.dumps(one), "utf-8")
    return file


def cells(lines: list[str], words: str) -> list[str]:
    """The figures of the line that begins with some words."""
    (line,) = [line for line in lines if line.strip().startswith(words)]
    return line.strip().removeprefix(words).split()


def test_the_median_of_the_turns_counts() -> None:
    one = result(10.0, 30.0, 20.0)
    assert median(one, "cold", "seconds") == 20
    assert of_steps(one, "cold", "seconds", step="core/record") == 16
    assert outside_s(one, "cold") == pytest.approx([1.5, 1.0, 0.4])
    assert median(one, "peer", "seconds") is None


def test_a_stage_has_the_sums_of_its_steps_and_the_highest_peak() -> None:
    one = result(10.0)
    assert of_steps(one, "cold", "seconds", stage="core") == pytest.approx(6.1)
    assert of_steps(one, "cold", "rows", stage="core") == 75
    assert of_steps(one, "cold", "written_mb", stage="core") == 2
    assert of_steps(one, "cold", "peak_mb", stage="core") == 200
    assert of_steps(one, "cold", "rows", stage="gate") is None


def test_each_process_is_shown_beside_the_floor() -> None:
    lines = shown(result(10.0))
    assert cells(lines, "floor") == ["2.00", "1.00", "100", "10.00", "1.00"]
    assert cells(lines, "cold refresh") == ["10.00", "5.00", "100", "10.00", "5.00"]
    assert "5,000 people, 3 months, 1,000 rows in 9 files, 1.5 MB; median of 1" in lines[0]
    assert lines[1] == "machine: 2 cores of a processor, 4.0 GB; load before 0.1"
    assert lines[2] == "commit abc, python 3.11.0"
    assert shown(result(10.0, settings={"IRF_MEMORY_LIMIT": "1GB"}))[2] == "commit abc, python 3.11.0, IRF_MEMORY_LIMIT 1GB"


def test_the_peer_is_shown_beside_the_cold_refresh() -> None:
    one = result(10.0, peer_limit_s=1_800)
    one["turns"][0]["peer"] = {**process(25.0), "peak_mb": 50.0}
    assert "pandas and pandera take 2.50 × the seconds of the cold refresh, and 0.50 × its peak memory" in shown(one)
    one["turns"][0]["peer"]["ended"] = None
    assert "pandas and pandera: not to its end; stopped after 1,800 seconds, or for want of memory" in shown(one)
    assert not any("pandas" in line for line in shown(result(10.0)))


def test_stages_are_shown_with_their_large_steps_alone() -> None:
    lines = shown(result(10.0))
    assert cells(lines, "core ") == ["6.10", "-", "-", "9.15", "75", "2.00", "200"]
    assert cells(lines, "core/record") == ["6.00", "-", "-", "9.00", "70", "1.00", "200"]
    assert cells(lines, "gate") == ["1.00", "-", "-", "1.50", "-", "1.00", "300"]
    assert cells(lines, "before steps") == ["1.50", "3.00", "4.00"]
    assert cells(lines, "between steps") == ["1.00", "0.00", "0.00"]
    assert cells(lines, "after steps") == ["0.40", "0.00", "0.00"]
    assert not any("core/small" in line for line in lines)


def test_differences_are_told_with_what_makes_them_doubtful(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [
        kept(tmp_path, "a1", result(10.0)),
        kept(tmp_path, "a2", result(12.0)),
        kept(tmp_path, "b", result(22.0, world="other")),
    ]
    main(a=files[:2], b=files[2:])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["not the same world: w, other", "A: median of 2, abc", "B: median of 1, abc"]
    assert cells(lines, "cold refresh, seconds") == ["11.00", "22.00", "11.00", "2.00"]
    assert cells(lines, "cold core, seconds") == ["7.10", "18.10", "11.00", "2.55"]
    assert compared(result(1.0), result(1.0))[0] == "A: median of 1, abc"
    limited = result(1.0, settings={"IRF_MEMORY_LIMIT": "1GB"})
    assert compared(result(1.0), limited)[0] == "not the same settings: {}, {'IRF_MEMORY_LIMIT': '1GB'}"


def test_what_one_side_has_not_is_left_open() -> None:
    fewer = result(10.0)
    del fewer["turns"][0]["month"]
    assert cells(compared(result(10.0), fewer), "one more month, seconds") == ["4.00", "-", "-", "-"]


def test_files_that_are_not_there_or_not_named_are_told_in_a_line(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(main)
    refused = CliRunner().invoke(app, ["--a", str(tmp_path / "no.json"), "--b", str(tmp_path)])
    assert (refused.exit_code, "does not exist" in refused.output) == (2, True)
    unnamed = subprocess.run(["make", "-n", "bench-compare"], cwd=REPOSITORY, capture_output=True, text=True)
    assert unnamed.returncode and 'bench-compare: name the results, A="<json> ..." B="<json> ..."' in unnamed.stderr


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"scale": "tayside"}, "results of several scales: small, tayside"),
        ({"world": "v"}, "results of several worlds: v, w"),
        ({"machine": {"cpu": "another", "cores": 8, "memory_gb": 4.0}}, "results of several machines: .*a processor.*another"),
        ({"settings": {"IRF_THREADS": "1"}}, "results of several settings: .*IRF_THREADS"),
        ({"versions": {"commit": "abd", "python": "3.11.0"}}, "results of several commits: abc, abd"),
    ],
)
def test_results_that_were_not_measured_alike_are_not_one(other: dict[str, Any], said: str, tmp_path: Path) -> None:
    files = [kept(tmp_path, "a", result(1.0)), kept(tmp_path, "b", result(1.0, **other))]
    with pytest.raises(SystemExit, match=said):
        read(files)
