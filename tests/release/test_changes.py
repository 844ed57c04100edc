"""CHANGES.md says why: each kind of change, made on rows small enough to see, has its line in the next release.

Two releases are made by the SQL of the chain itself (`tests/sql/test_chain.py`), before and after something has come.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.release.changes import changes
from schemas.published import PUBLISHED
from schemas.table import arrow_schema
from tests.sql.sql_case import Row
from tests.sql.test_chain import CODES, KINDS, LEDGER, MONTHS, PRICES, REFRESH, STAY, chain

FEBRUARY, MARCH, APRIL = MONTHS
TO_MARCH = {**REFRESH, "period": "2026-03", "last_month": MARCH, "period_end": "2026-03-31"}
VISIT = {**KINDS[1], "record_key": "v", "fate": "accepted", "start_date": "2026-02-10", "quantity": 1, "chi_number": "A",
         "source_file": "f", "source_row": 2}  # fmt: skip
CARE = {**KINDS[6], "record_key": "c", "fate": "accepted", "start_date": "2026-02-01", "end_date": "2026-03-01",
        "amount": "100.00", "quantity": 1, "social_care_id": "1", "source_file": "g", "source_row": 1}  # fmt: skip


def entry(code: str, month: str, amount: str, agency: str = "council") -> Row:
    return {"agency": agency, "period": "2026-04", "cost_code": code, "month": month, "amount": amount, "record_key": f"{code}|{month}",
            "account_name": f"account {code}"}  # fmt: skip


HOME_CARE = [entry("home_care_personal", month, "110.00") for month in MONTHS]
VISITS = [entry("outpatient", month, "190.00", "board") for month in MONTHS]


class Releases:
    """Two releases in a folder, each from what had come by then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = {
            "inputs": [], "reference": {"unit_costs.csv": "1", "cost_code_map.csv": "1"}, "key_check": "k", "code_version": "c",
        }  # fmt: skip

    def make(self, name: str, records: list[Row], ledger: list[Row], **changed: list[Row]) -> Path:
        data = chain(records, ledger, None, **changed)
        for table in ("control_total", "cost_line", "ledger_line"):
            rows = data[f"core.{table}" if f"core.{table}" in data else f"mart.{table}"]
            (self.folder / name / table).mkdir(parents=True)
            pq.write_table(
                pa.Table.from_pylist(rows, arrow_schema(PUBLISHED[table])), self.folder / name / table / "part-0.parquet"
            )
        return self.folder / name

    def told(self, before: Path, now: Path, **manifest: Any) -> str:
        (before / "manifest.json").write_text(json.dumps({**self.manifest, "version": "2026.03.1"}), "utf-8")
        return changes(before, now, {**self.manifest, "version": "2026.04.1", **manifest})


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


def why(text: str, agency: str, service: str, month: str) -> str:
    """The last cell of the line of an agency, service and month; blank where there is none."""
    lines = [line for line in text.splitlines() if line.startswith(f"| {agency} | {service} | {month} |")]
    return lines[0].split(" | ")[-1].removesuffix(" |") if lines else ""


def test_a_new_month_is_new_and_nothing_else_is_said(releases: Releases) -> None:
    before = releases.make("1", [VISIT], VISITS[:2], core__refresh=[TO_MARCH])
    text = releases.told(before, releases.make("2", [VISIT], VISITS))
    assert why(text, "board", "outpatient", "2026-04") == "new"
    assert text.count("| board |") == 1
    assert "remapped" not in text


def test_a_code_that_moves_service_on_1_april_is_remapped(releases: Releases) -> None:
    moving = [
        {
            "agency": "council",
            "cost_code": "77",
            "valid_to": "2026-03-31",
            "service": "home_care_personal",
            "treatment": "cost",
        },
        {"agency": "council", "cost_code": "77", "valid_from": "2026-04-01", "service": "meals", "treatment": "cost"},
    ]
    ledger = [entry("77", month, "10.00") for month in MONTHS]
    codes = {"reference__cost_code_map": [*CODES, *moving]}
    before = releases.make("1", [], ledger[:2], core__refresh=[TO_MARCH], **codes)
    text = releases.told(before, releases.make("2", [], ledger, **codes))
    assert "| council | 77 | 2026-04 | 2026-04 | home_care_personal | meals | 10.00 |" in text
    assert why(text, "council", "meals", "2026-04") == "new"


def test_a_mapping_changed_for_months_published_before_is_remapped_at_both_services(releases: Releases) -> None:
    ledger = [entry("77", month, "10.00") for month in MONTHS]
    one = {"agency": "council", "cost_code": "77", "service": "home_care_personal", "treatment": "cost"}
    before = releases.make("1", [], ledger, reference__cost_code_map=[*CODES, one])
    now = releases.make("2", [], ledger, reference__cost_code_map=[*CODES, {**one, "service": "meals"}])
    text = releases.told(before, now)
    assert "| council | 77 | 2026-02 | 2026-04 | home_care_personal | meals | 30.00 |" in text
    for service in ("home_care_personal", "meals"):
        assert why(text, "council", service, "2026-02") == "remapped 1 code"


def test_a_backdated_rate_revalues_its_lines_though_no_total_changes(releases: Releases) -> None:
    before = releases.make("1", [VISIT, STAY], [*VISITS, *LEDGER])
    dearer = [{**p, "unit_cost": "185"} if p["service"] == "outpatient" else p for p in PRICES]
    now = releases.make("2", [VISIT, STAY], [*VISITS, *LEDGER], reference__unit_costs=dearer)
    text = releases.told(before, now, reference={"unit_costs.csv": "2", "cost_code_map.csv": "1"})
    assert "| board | outpatient | 2026-02 | 1 | 1 | 190.00 | 190.00 | 181.33 | 185.00 | revalued 1 line |" in text
    assert text.count("| board |") == 1
    assert "changed reference: unit_costs.csv" in text


def test_a_reversal_that_comes_in_a_later_month_restates_the_month_it_is_for(releases: Releases) -> None:
    before = releases.make("1", [CARE], HOME_CARE[:2], core__refresh=[TO_MARCH])
    back = {**CARE, "record_key": "c-", "amount": "-40.00", "source_file": "h"}
    now = releases.make("2", [CARE, back], HOME_CARE)
    text = releases.told(before, now)
    assert why(text, "council", "home_care_personal", "2026-02") == "restated 1 line"
    # In the ledger the reversal may be a negative row of the later month: then the month it is booked in is new.
    reversed_in_april = releases.make("3", [CARE], [*HOME_CARE[:2], entry("home_care_personal", APRIL, "-110.00")])
    text = releases.told(before, reversed_in_april)
    assert "| council | home_care_personal | 2026-04 |  | 1 |  | -110.00 |" in text
    assert why(text, "council", "home_care_personal", "2026-02") == ""


def test_a_resubmitted_ledger_restates(releases: Releases) -> None:
    before = releases.make("1", [CARE], HOME_CARE)
    now = releases.make("2", [CARE], [{**HOME_CARE[0], "amount": "111.00"}, *HOME_CARE[1:]])
    text = releases.told(before, now)
    assert "| 2026-02 | 1 | 1 | 110.00 | 111.00 | 100.00 | 100.00 | restated 1 ledger row |" in text
    assert text.count("| council |") == 1


def test_a_corrected_record_restates(releases: Releases) -> None:
    before = releases.make("1", [CARE], HOME_CARE)
    text = releases.told(before, releases.make("2", [{**CARE, "amount": "90.00"}], HOME_CARE))
    assert why(text, "council", "home_care_personal", "2026-02") == "restated 1 line"


def test_a_client_who_is_linked_now_is_relinked_and_moves_no_pound(releases: Releases) -> None:
    before = releases.make("1", [CARE], HOME_CARE)
    link = {"agency": "council", "social_care_id": "1", "chi_number": "A", "link_method": "decision"}
    home = [{"person_key": "chi:A", "person_id": "pA", "sex": "2", "date_of_birth": "1940-01-01", "data_zone": "Z1"}]
    text = releases.told(before, releases.make("2", [CARE], HOME_CARE, core__link=[link], core__person_home=home))
    assert "| council | home_care_personal | 2026-02 | 1 | 1 | 110.00 | 110.00 | 100.00 | 100.00 | relinked 1 line |" in text


def test_what_nothing_that_came_in_explains_is_recomputed(releases: Releases) -> None:
    before = releases.make("1", [CARE], HOME_CARE[:1])
    now = releases.make("2", [CARE], HOME_CARE[:1])
    file = now / "control_total" / "part-0.parquet"
    rows = [{**row, "direct": row["direct"] + 1} for row in pq.read_table(file).to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows, arrow_schema(PUBLISHED["control_total"])), file)
    assert why(releases.told(before, now), "council", "home_care_personal", "2026-02") == "recomputed"


def test_nothing_that_changed_is_nothing_said(releases: Releases) -> None:
    before = releases.make("1", [CARE, VISIT, STAY], [*HOME_CARE, *VISITS, *LEDGER])
    now = releases.make("2", [STAY, VISIT, CARE], [*LEDGER, *VISITS, *HOME_CARE])
    assert "No agency, service and month differs in rows or pounds." in releases.told(before, now)


def test_a_release_from_before_ledger_rows_were_published_can_be_compared(releases: Releases) -> None:
    before = releases.make("1", [CARE], HOME_CARE)
    (before / "ledger_line" / "part-0.parquet").unlink()
    text = releases.told(before, releases.make("2", [{**CARE, "amount": "90.00"}], HOME_CARE))
    assert why(text, "council", "home_care_personal", "2026-02") == "restated 1 line"
