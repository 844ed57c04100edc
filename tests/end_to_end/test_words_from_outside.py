"""What agencies write in words, and how their files lie there: nothing of it names anybody outside, nor stops the others."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.small_world import ANGUS, BOARD, DUNDEE, OTHER_PATIENT, PATIENT, SmallWorld

HOME_CARE = {"service_id": "S1", "social_care_id": "A1", "month": "2025-04-01", "hours": 10, "service_type": "2"}


def test_a_file_that_cannot_be_read_is_refused_alone(small_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Angus' home care is not ours to read: it is named and set aside, Dundee's month goes on, and an earlier file stands in."""
    small_world.put(f"{ANGUS}/home_care/2025-04.csv", [HOME_CARE])
    small_world.put(f"{DUNDEE}/home_care/2025-04.csv", [HOME_CARE])
    unreadable = small_world.put(f"{ANGUS}/home_care/2025-04.r1.csv", [HOME_CARE])
    small_world.ledger(ANGUS, "2025-04", home_care_personal="100.00")
    small_world.ledger(DUNDEE, "2025-04", home_care_personal="100.00")
    opened = io.open

    def refusing(file: Any, *arguments: Any, **options: Any) -> Any:
        if str(file) == str(unreadable):
            raise PermissionError(13, "Permission denied", str(file))
        return opened(file, *arguments, **options)

    monkeypatch.setattr(io, "open", refusing)
    printed = small_world.published("2025-04")
    assert "angus/home_care/2025-04.r1.csv: cannot be read: Permission denied" in printed
    assert "(file.unreadable)" in printed
    assert small_world.query("SELECT agency, revision, status, file_hash IS NULL FROM submission WHERE feed = 'home_care' ORDER BY ALL") == [
        (ANGUS, 0, "accepted", False),
        (ANGUS, 1, "refused", True),
        (DUNDEE, 0, "accepted", False),
    ]  # fmt: skip
    code, printed = small_world.irf("validate", unreadable)
    assert code == 1
    assert printed.splitlines()[-1] == f"error: {unreadable}: Permission denied"
    assert Path(unreadable).exists()


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallWorld, str]:
    """A month in which agencies write who somebody is wherever they can write; refreshed once."""
    world = SmallWorld(tmp_path_factory.mktemp("spoken") / "data")
    world.keeps_history = True
    register = {
        "chi_number": PATIENT,
        "forename": "Zebedee",
        "surname": "Quillfeather",
        "date_of_birth": "1985-04-19",
        "sex": "1",
    }
    other = {
        "chi_number": OTHER_PATIENT,
        "forename": "Barnaby",
        "surname": "Oxenfree",
        "date_of_birth": "1920-02-29",
        "sex": "2",
    }
    world.put(f"{BOARD}/population_register/2025-04.csv", [register | {"postcode": "DD8 1AA"}, other])
    client = {"social_care_id": "AN-10045", "forename": "Ottoline", "surname": "Smith-Jones", "date_of_birth": "1940-01-01"}
    world.put(f"{ANGUS}/clients/2025-04.csv", [client | {"sex": "2", "postcode": "DD8 1AB"}])
    world.put(f"{ANGUS}/home_care/2025-04.csv", [HOME_CARE | {"social_care_id": "AN-10045"}])
    lines = [
        ("home_care_personal", "Home care", "1000.00"),
        (PATIENT, f"Care for {PATIENT}", "100.00"),
        ("X1", "Quillfeather, Zebedee at DD8 1AA", "50.00"),
        ("X2", "Package AN-10045 of Ottoline Smith Jones", "5.00"),
        ("X3", "Day care\n  published 2025.04.9 \x1b[31m", "1.00"),
    ]
    visit = {"attendance_id": "E1", "arrival_datetime": "2025-04-02 10:00:00", "location_code": "DD8 1AA"}
    world.put(f"{BOARD}/emergency/2025-04.csv", [visit])
    world.ledger(BOARD, "2025-04", emergency="10.00")
    rows = [{"cost_code": c, "account_name": n, "month": "2025-04-01", "amount": a} for c, n, a in lines]
    world.put(f"{ANGUS}/ledger/2025-04.csv", rows)
    world.write_reference()
    code, printed = world.irf("refresh", "--period", "2025-04", "--note", f"for {PATIENT} and Barnaby Oxenfree")
    assert code == 2, printed
    return world, printed


def test_words_that_name_somebody_are_withheld_and_no_pound_with_them(spoken: tuple[SmallWorld, str]) -> None:
    """What names somebody is [withheld] with the key to its row inside; the pounds stand, each code on its own."""
    world, printed = spoken
    shown = world.query("SELECT cost_code, description, amount FROM unmapped_cost_code ORDER BY amount DESC")
    plain = [(without_key(code), without_key(text), str(amount)) for code, text, amount in shown]
    assert plain[:3] == [
        ("[withheld]", "Care for [withheld]", "100.00"),
        ("X1", "[withheld] at [withheld]", "50.00"),
        ("X2", "Package [withheld] of [withheld]", "5.00"),
    ]
    keys = {
        text: key
        for text, key in pq_rows(world.root / "work" / "2025-04" / "core" / "withheld" / "all.parquet", "text", "row_key")
    }
    assert shown[0][1] == f"Care for [withheld] ({keys[f'Care for {PATIENT}']})"
    assert world.said("withheld").startswith("cost_line: 1 row; ledger_line: 3 rows; unmapped_cost_code: 3 rows; ")
    assert "warning: withheld: cost_line: 1 row; ledger_line: 3 rows; unmapped_cost_code: 3 rows" in printed
    assert world.cost("service = 'unmapped'") == 156
    ((place, amount),) = world.query("SELECT location_code, cost FROM cost_line WHERE service = 'emergency'")
    assert (without_key(place), str(amount)) == ("[withheld]", "10.00")


def test_nobody_is_named_in_anything_that_goes_out(spoken: tuple[SmallWorld, str]) -> None:
    """Release, reports, run history and console, letter by letter."""
    world, printed = spoken
    texts = {"console": printed}
    for file in (f for room in ("releases", "reports", "state/history") for f in files_of(world.root / room)):
        if file.suffix == ".parquet":
            texts[str(file)] = str(pq.read_table(file).to_pydict())
        elif file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as parts:
                texts[str(file)] = "".join(parts.read(name).decode() for name in parts.namelist())
        else:
            texts[str(file)] = file.read_bytes().decode("utf-8", "replace")
    assert len(texts) > 30
    assert any("state/history/runs/" in place for place in texts)
    for place, text in texts.items():
        for word in (PATIENT, "DD8 1A", "DD81A", "AN-10045", "Quillfeather", "Zebedee", "Ottoline"):
            assert word not in text, (place, word)
    manifest = json.loads((world.root / "releases" / "2025.04.1" / "manifest.json").read_text("utf-8"))
    assert manifest["note"] == "for [withheld] and [withheld]"


def test_no_word_of_a_ledger_forges_a_line_of_the_console(spoken: tuple[SmallWorld, str]) -> None:
    world, printed = spoken
    assert "\x1b" not in printed
    assert [line for line in printed.splitlines() if line.strip().startswith("published")] == [
        f"published 2025.04.1: {world.root / 'releases' / '2025.04.1'}"
    ]
    code, shown = world.irf("query", "SELECT description FROM unmapped_cost_code WHERE cost_code = 'X3'")
    assert code == 0
    assert "\x1b" not in shown
    assert not any(line.strip().startswith("published") for line in shown.splitlines())


def test_what_is_found_about_to_be_published_blocks(tmp_path: Path) -> None:
    """Finance's own words are published as they are; where they name somebody, nothing is, and the place is named."""
    world = SmallWorld(tmp_path / "data")
    register = {"chi_number": PATIENT, "forename": "A", "surname": "B", "date_of_birth": "1985-04-19", "sex": "1"}
    world.put(f"{BOARD}/population_register/2025-04.csv", [register | {"postcode": "DD8 1AA"}])
    world.ledger(BOARD, "2025-04", outpatient="100.00")
    for row in world.reference["cost_code_map"]:
        row["reason"] = f"as agreed for {PATIENT}" if row["cost_code"] == "outpatient" else ""
    code, printed = world.refresh("2025-04")
    assert code == 3, printed
    assert (
        "refused: would be published and names somebody: releases/ledger_line/2025-26.parquet, column reason: "
        "CHI numbers, 1" in printed
    )
    assert PATIENT not in printed
    # Nor is anything left of what was being built: others read these folders.
    assert [path.name for folder in ("releases", "reports") for path in (world.root / folder).iterdir()] == []


def without_key(text: str) -> str:
    return re.sub(r" \([0-9a-f]{10}\)$", "", text)


def files_of(place: Path) -> list[Path]:
    return [place] if place.is_file() else [p for p in place.rglob("*") if p.is_file()]


def pq_rows(file: Path, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in pq.read_table(file).to_pylist()]
