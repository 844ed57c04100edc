"""`irf sign-off` and `irf accept-warning`: what people accept is a line of the log, names nobody, and changes no release."""

import datetime
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.lock import alone_for_a_moment
from pipelines.quality.verdict import Check
from pipelines.release.acceptance import WARNINGS, open_and_accepted
from pipelines.release.log import AcceptedWarning, SignedOff, add, read_log
from pipelines.warehouse.root import DataRoot
from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld

APRIL, MAY = "2025-04", "2025-05"
NOON = datetime.datetime(2025, 5, 16, 12, tzinfo=datetime.UTC)
BY = ("--by", "Morag Tulloch", "--role", "chief finance officer")


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """April with a code that nobody has mapped; Morag Tulloch is in the register."""
    world = SmallWorld(tmp_path_factory.mktemp("acceptance") / "data")
    person = {"chi_number": PATIENT, "forename": "Morag", "surname": "Tulloch", "date_of_birth": "1985-04-19", "sex": "2",
              "postcode": "DD8 1AA"}  # fmt: skip
    world.put(f"{BOARD}/population_register/{APRIL}.csv", [person])
    world.rule(ANGUS, "meals", residual="hold")
    codes = [
        {"cost_code": code, "month": f"{APRIL}-01", "amount": amount} for code, amount in (("meals", "9.00"), ("Z1", "1.00"))
    ]
    world.put(f"{ANGUS}/ledger/{APRIL}.csv", codes)
    code, printed = world.refresh(APRIL)
    assert code == 2 and "warning: unmapped_cost_code: " in printed, printed
    return world


@pytest.fixture
def world(refreshed: SmallWorld, tmp_path: Path) -> SmallWorld:
    shutil.copytree(refreshed.root, tmp_path / "data")
    copy = SmallWorld(tmp_path / "data")
    copy.reference = refreshed.reference
    return copy


def noted(world: SmallWorld) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (world.root / "state" / "releases.log").read_text("utf-8").splitlines()]


# ---- signing off ----


def test_who_accepted_which_manifest_is_a_line_of_the_log(world: SmallWorld) -> None:
    """Whoever signs may be in the register too."""
    before = {path: path.read_bytes() for path in (world.root / "releases").rglob("*") if path.is_file()}
    code, printed = world.irf("sign-off", "2025.04.1", *BY, "--note", "budget board of 16 May")
    assert code == 0, printed
    published, entry = noted(world)
    assert entry["manifest_sha256"] == published["manifest_sha256"] and entry["manifest_sha256"] in printed
    assert (entry["name"], entry["role"], entry["note"]) == ("Morag Tulloch", "chief finance officer", "budget board of 16 May")
    (signed,) = [entry for entry in read_log(DataRoot(world.root)) if isinstance(entry, SignedOff)]
    assert signed.version == "2025.04.1"
    code, printed = world.irf("verify")
    assert code == 0 and "signed off by Morag Tulloch, chief finance officer" in printed
    assert {path: path.read_bytes() for path in before} == before


def test_what_does_not_verify_is_not_signed_off(world: SmallWorld) -> None:
    (world.root / "releases" / "2025.04.1" / "CHANGES.md").write_text("nothing", "utf-8")
    code, printed = world.irf("sign-off", "2025.04.1", *BY)
    assert code == 1 and printed.startswith("error: 2025.04.1 is not signed off, for it does not verify (sha256 CHANGES.md")
    assert len(noted(world)) == 1
    code, printed = world.irf("sign-off", "2025.04.9", *BY)
    assert code == 1 and printed == "error: releases/2025.04.9: no such release; `irf releases` lists them\n"


def test_a_sign_off_of_another_manifest_is_named(world: SmallWorld) -> None:
    """Somebody makes a release anew and writes its line of the log and its head again, but the sign-off is of the old one."""
    world.irf("sign-off", "2025.04.1", *BY)
    lines = noted(world)
    (world.root / "state" / "releases.log").unlink()
    (world.root / "state" / "releases.head").unlink()
    (world.root / "releases" / "2025.04.1" / "manifest.json").write_text("{}", "utf-8")
    with alone_for_a_moment(DataRoot(world.root)):
        pass
    values = {k: v for k, v in lines[1].items() if k not in ("line", "previous")}
    add(DataRoot(world.root), [SignedOff.model_validate(values)])
    code, printed = world.irf("verify")
    assert code == 1 and "BROKEN  log sign-offs: line 2 accepts another manifest of 2025.04.1 than was published" in printed


def test_nothing_is_noted_while_a_refresh_is_at_work(world: SmallWorld) -> None:
    with alone_for_a_moment(DataRoot(world.root)):
        for command in (
            ("sign-off", "2025.04.1", *BY),
            ("accept-warning", "vat", "--until", "2025-09-30", "--reason", "known"),
        ):
            code, printed = world.irf(*command)
            assert code == 1 and "is running; wait for its end" in printed
    assert len(noted(world)) == 1


# ---- accepting a warning ----


def test_an_accepted_warning_makes_no_exit_code_until_its_day(world: SmallWorld) -> None:
    code, printed = world.irf(
        "accept-warning", "unmapped_cost_code", "--until", "2025-05-30", "--reason", "Angus moves its codes in June"
    )
    assert code == 0, printed
    verdict = (world.root / "reports" / "2025.04.1" / "gate.json").read_bytes()
    code, printed = world.irf("refresh", "--period", APRIL, "--again")
    assert code == 0 and "warning: " not in printed and "look first" not in printed, printed
    assert "accepted until 2025-05-30, Angus moves its codes in June: unmapped_cost_code: angus, Z1" in printed
    assert (world.root / "reports" / "2025.04.2" / "gate.json").read_bytes() == verdict

    world.put(f"{ANGUS}/ledger/{MAY}.csv", [{"cost_code": "Z1", "month": f"{MAY}-01", "amount": "2.00"}])
    code, printed = world.refresh(MAY)  # May ends on the 31st
    assert code == 2 and "warning: unmapped_cost_code: " in printed, printed


def test_a_case_that_came_after_the_acceptance_warns_again(world: SmallWorld) -> None:
    command = ("accept-warning", "unmapped_cost_code", "--until", "2025-12-31", "--reason", "Angus moves its codes")
    code, printed = world.irf(*command)
    assert code == 0 and "\n  angus Z1\n" in printed and "a case that comes later warns again" in printed
    page = world.root / "reports" / "2025.04.1" / "index.html"
    assert "Angus moves its codes (its cases then: angus Z1)" in page.read_text("utf-8")
    rows = [{"cost_code": code, "month": f"{MAY}-01", "amount": amount} for code, amount in (("Z1", "2.00"), ("Z2", "3.00"))]
    world.put(f"{ANGUS}/ledger/{MAY}.csv", rows[:1])  # the same case, with other months and pounds
    printed = world.refresh(MAY)[1]
    assert "warning: unmapped_cost_code" not in printed and "Angus moves its codes: unmapped_cost_code: angus, Z1" in printed
    world.put(f"{ANGUS}/ledger/{MAY}.r1.csv", rows)
    code, printed = world.refresh(MAY)
    assert code == 2, printed
    assert "warning: unmapped_cost_code: angus, Z2, £3.00; came after the warning was accepted on " in printed
    assert "accepted until 2025-12-31, Angus moves its codes: unmapped_cost_code: angus, Z1, £3.00\n" in printed
    assert world.irf(*command)[0] == 0
    assert "warning: unmapped_cost_code" not in world.irf("refresh", "--period", MAY, "--again")[1]


def test_what_has_no_case_is_accepted_for_none(world: SmallWorld) -> None:
    code, printed = world.irf("accept-warning", "vat", "--until", "2025-12-31", "--reason", "known")
    assert code == 0 and "it has no case now: any that comes warns" in printed
    (entry,) = [entry for entry in read_log(DataRoot(world.root)) if isinstance(entry, AcceptedWarning)]
    vat = Check("vat", False, "angus, meals", blocks=False, cases=["angus, meals"])
    assert open_and_accepted([vat], [entry], MAY) == ([vat], [])


def test_an_acceptance_from_before_cases_were_kept_holds_for_all(world: SmallWorld) -> None:
    old = AcceptedWarning(name="vat", until=datetime.date(2025, 12, 31), reason="known", accepted_at=NOON)
    vat = Check("vat", False, "angus, meals", blocks=False, cases=["angus, meals"])
    assert open_and_accepted([vat], [old], MAY) == ([], ["until 2025-12-31, known: vat: angus, meals"])


def test_what_was_said_last_of_a_warning_counts(world: SmallWorld) -> None:
    for until in ("2026-03-31", "2025-03-31"):
        assert world.irf("accept-warning", "unmapped_cost_code", "--until", until, "--reason", "as agreed")[0] == 0
    assert [entry.until.year for entry in read_log(DataRoot(world.root)) if isinstance(entry, AcceptedWarning)] == [2026, 2025]
    assert world.irf("refresh", "--period", APRIL, "--again")[0] == 2


def test_an_unknown_warning_and_a_day_that_is_none_are_said(world: SmallWorld) -> None:
    code, printed = world.irf("accept-warning", "unmaped", "--until", "2025-09-30", "--reason", "x")
    assert code == 1 and printed == f"error: unmaped: the gate has no such warning; it has {', '.join(WARNINGS)}\n"
    assert "unmapped_cost_code" in WARNINGS and "required_feeds" in WARNINGS and "ledger" not in WARNINGS
    code, printed = world.irf("accept-warning", "vat", "--until", "30/09/2025", "--reason", "x")
    assert code == 1 and printed == "error: --until 30/09/2025: give a date as YYYY-MM-DD\n"


# ---- words that name somebody ----


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--by", f"M T {PATIENT}", "--by has a CHI number or a postcode in it: M T [withheld]; say it without"),
        ("--role", "of DD8 1AA", "--role has a CHI number or a postcode in it: of [withheld]; say it without"),
        (
            "--note",
            "as Morag Tulloch says",
            "--note names somebody of the register or of a client list: as [withheld] says; say it",
        ),
        ("--note", "a\nb", "--note has signs that cannot be seen: a\\nb; give one line of words"),
        ("--note", " ", "--note says nothing; give a few words"),
    ],
)
def test_words_that_name_somebody_are_refused(world: SmallWorld, option: str, text: str, said: str) -> None:
    given = {"--by": "A Lead", "--role": "officer", "--note": "fine"} | {option: text}
    code, printed = world.irf("sign-off", "2025.04.1", *(word for pair in given.items() for word in pair))
    assert code == 1 and said in printed and PATIENT not in printed
    assert len(noted(world)) == 1


def test_the_reason_of_an_acceptance_names_nobody_either(world: SmallWorld) -> None:
    command = ("accept-warning", "vat", "--until", "2025-09-30", "--reason")
    assert world.irf(*command, "Tulloch, Morag asked")[0] == 1
    shutil.rmtree(world.root / "work")  # what the refresh knew is gone: numbers and postcodes are still seen
    assert world.irf(*command, f"asked by {PATIENT}")[0] == 1
    assert len(noted(world)) == 1
    assert world.irf(*command, "asked by Angus")[0] == 0
