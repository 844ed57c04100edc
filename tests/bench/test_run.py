"""A turn of the benchmark lays a world's files as agencies would, runs each command on them, and keeps what each took."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from tests.bench import run, worlds
from tests.bench.floor import read_once
from tests.bench.tables import read, shown
from tests.bench.worlds import SCALES, identity, kept_world

# As pip writes a command: the path of an interpreter may have a space, which the first line cannot have.
IRF = '''#!/bin/sh
"""exec" "{python}" "$0" "$@"
" """
import json, pathlib, sys
data, period = pathlib.Path(sys.argv[2]), sys.argv[5]
landed = sorted({{path.stem for path in data.glob("landing/*/*/*")}})
release = data / "releases" / (period + ".1")
release.mkdir(parents=True, exist_ok=True)
key = data / "secure" / "pseudonym.key"
key.parent.mkdir(exist_ok=True)
key.write_bytes(b"k" * 32)
(release / "table").write_bytes(b"x" * 3_000_000)
(data / "releases" / "latest.json").write_text(json.dumps({{"version": release.name}}))
with (data / "refreshed.txt").open("a") as log:
    print(period, *landed, file=log)
sys.exit({ends})
'''
"""A command that stands in for `irf`: it notes which months it finds, and leaves a key and a release of 3 MB."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the world of `tiny` is kept."""
    made = tmp_path_factory.mktemp("bench")
    kept_world("tiny", made)
    return made


def stand_in(folder: Path, ends: int, monkeypatch: pytest.MonkeyPatch) -> None:
    irf = folder / f"irf{ends}"
    irf.write_text(IRF.format(python=sys.executable, ends=ends), "utf-8")
    irf.chmod(0o755)
    monkeypatch.setattr(run, "IRF", irf)


def test_each_refresh_finds_the_files_of_its_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(folder, 2, monkeypatch)
    monkeypatch.delenv("IRF_MEMORY_LIMIT", raising=False)
    monkeypatch.setenv("IRF_THREADS", "1")
    result = json.loads(run.measure("tiny", 2, folder).read_text("utf-8"))
    refreshed = (folder / "run" / "data" / "refreshed.txt").read_text("utf-8").splitlines()
    assert refreshed == ["2025-05 2025-04 2025-05"] * 2 + ["2025-06 2025-04 2025-05 2025-06"]
    assert [list(turn) for turn in result["turns"]] == [["floor", "cold", "peer", "again", "month"]] * 2
    cold = result["turns"][0]["cold"]
    assert (cold["ended"], cold["release_mb"], cold["steps"]) == (2, 3.0, [])
    first = list(folder.glob("tiny-*/landing/*/*/2025-0[45].csv"))
    assert result["files"] == len(first)
    # In a world without mess each line of a file but the first is a row.
    rows = sum(len(path.read_text("utf-8").splitlines()) - 1 for path in first)
    assert [turn["floor"]["rows"] for turn in result["turns"]] == [rows, rows]
    assert result["load_before"] >= 0
    assert result["settings"] == {"IRF_THREADS": "1"}
    assert {"cpu", "cores", "memory_gb"} == set(result["machine"])
    assert {"commit", "code", "python", "duckdb", "pandera"} <= set(result["versions"])
    lines = "\n".join(shown(result))
    assert "\none more month" in lines
    assert "pandas and pandera take" in lines


def test_the_peer_is_stopped_at_its_limit_and_that_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(folder, 0, monkeypatch)
    monkeypatch.setitem(SCALES, "tiny", replace(SCALES["tiny"], peer_limit_s=0))
    kept = run.measure("tiny", 1, folder)
    result = read([kept])
    assert result["turns"][0]["peer"]["ended"] is None
    assert "pandas and pandera: not to its end; stopped after 0 seconds, or for want of memory" in shown(result)


def test_a_peer_that_fails_ends_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(folder, 0, monkeypatch)
    irf = folder / "irf0"
    irf.write_text(irf.read_text("utf-8").replace("pseudonym.key", "other.key"), "utf-8")
    with pytest.raises(SystemExit, match=r"ended with 1; it said:[\s\S]+pseudonym\.key"):
        run.measure("tiny", 1, folder)


def test_a_refresh_that_does_not_publish_ends_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(folder, 3, monkeypatch)
    kept = len(list(folder.glob("results/*.json")))
    with pytest.raises(SystemExit, match="ended with 3"):
        run.measure("tiny", 1, folder)
    assert len(list(folder.glob("results/*.json"))) == kept


def test_what_is_kept_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stand_in(folder, 0, monkeypatch)
    monkeypatch.setitem(SCALES, "tiny", replace(SCALES["tiny"], peer_limit_s=None))
    run.main("tiny", 1, folder)
    printed = capsys.readouterr().out
    result = read([Path(printed.splitlines()[-1].removeprefix("kept as "))])
    assert "\n".join(shown(result)) in printed
    assert "peer" not in result["turns"][0]


def test_a_scale_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="tayside"):
        run.main("fife", 1, tmp_path)


def test_a_wrong_setting_is_said_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRF_THREADS", "zero")
    with pytest.raises(SystemExit, match="IRF_THREADS is zero; write a whole number"):
        run.main("tiny", 1, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_world_is_made_once_and_again_when_what_makes_it_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (made,) = folder.glob("tiny-*")
    monkeypatch.setattr(worlds, "IRF", folder / "no such command")
    assert kept_world("tiny", folder) == made
    monkeypatch.setattr(worlds, "_MADE_BY", ("README.md",))
    with pytest.raises(FileNotFoundError):
        kept_world("tiny", folder)


def test_a_world_is_known_by_what_is_in_it(folder: Path, tmp_path: Path) -> None:
    (made,) = folder.glob("tiny-*")
    (tmp_path / "made.sha256").write_bytes((made / "made.sha256").read_bytes())
    assert identity(tmp_path) == identity(made)
    (tmp_path / "made.sha256").write_text("other\n", "utf-8")
    assert identity(tmp_path) != identity(made)


def test_every_scale_has_a_month_that_comes_later() -> None:
    assert SCALES["tayside"].periods[-2:] == ["2026-03", "2026-04"]
    assert all(len(scale.periods) == scale.months + 1 for scale in SCALES.values())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_floor_reads_every_encoding_and_separator(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "landing" / "angus" / "clients" / "2025-04.csv"
    file.parent.mkdir(parents=True)
    file.write_text("social_care_id;forename\n1;José\n2;Zoë\n", encoding)
    shutil.copyfile(file, file.with_name("2025-05.csv"))
    assert read_once(tmp_path / "landing", tmp_path / "out", "2025-04") == 2
    assert read_once(tmp_path / "landing", tmp_path / "both", "2025-05") == 4
