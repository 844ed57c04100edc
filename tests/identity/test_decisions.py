"""Decisions are read from their file as a spreadsheet saves it, and one that is not sound is named by its row alone."""

from pathlib import Path

import pytest

from pipelines.engine.errors import IrfError
from pipelines.identity import decisions as kept_decisions
from tests.identity.people import DAY, KEY
from tests.identity.test_review import TODAY, kept

DECIDED = ",".join(name for name in kept_decisions.DECISIONS.names if name != kept_decisions.ROW)


def decided_by_hand(folder: Path, *lines: str, header: str = DECIDED) -> Path:
    path = folder / "decisions.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8-sig")
    return path


def test_decisions_come_in(tmp_path: Path) -> None:
    """As a spreadsheet saves them: a CHI number without its zero, a date as it shows it, blank last rows."""
    path = tmp_path / "decisions.csv"
    assert kept_decisions.read_decisions(path, KEY, TODAY, ()).schema == kept_decisions.DECISIONS
    decided_by_hand(tmp_path, "angus,A1,101011237,jm,02/04/2026,spoke to her", "angus,'=A2,,jm,2026-04-02,", ",,,,,", ",,,,,")
    decisions = kept(path)
    assert [row["chi_number"] for row in decisions] == ["0101011237", None]
    assert decisions[1]["social_care_id"] == "=A2"
    assert decisions[0]["decided_on"] == DAY(2026, 4, 2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("angus,A1,0101011237,jm,next week,", "row 2: decided_on"),
        ("angus,A1,0101011237,jm,2026-05-01,", "review/decisions.csv: row 2: decided_on is 2026-05-01, after today .2026-04-30"),
        ("angus,A1,1.01E+08,jm,2026-04-02,", "row 2: chi_number is in scientific notation"),
        ("angus,A1,12345,jm,2026-04-02,", "row 2: chi_number has not 10 digits"),
        (",A1,,jm,2026-04-02,", "row 2: agency is blank"),
        ("angus,437,,jm,2026-04-02,", "row 2: social_care_id is no client of this agency, but is one with leading zeros"),
        ("angus,437,,jm,2026-04-02,spoke to her, twice", "row 2: has not as many fields as the header"),
    ],
)  # fmt: skip
def test_a_bad_decision_is_named_by_row_only(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(IrfError, match=reason) as refused:
        kept(decided_by_hand(tmp_path, line), clients=[("angus", "00437"), ("dundee-city", "437")])
    assert not any(secret in str(refused.value) for secret in ("0101011237", "A1", "437"))
