"""What a case is about stays the same while months and figures change, and differs by agency, service, file and code."""

import pytest

from pipelines.quality.about import about


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("angus, telecare, 2025-04, £65.35 held, ledger £244.55", "angus telecare"),
        ("dundee-city, 9900, New burdens, £251.62", "dundee-city 9900 New burdens"),
        ("nhs-tayside, T9900, Winter pressures, £1137.32", "nhs-tayside T9900 Winter pressures"),
        ("angus/payments/2026-04.r2.csv.gz: 2 rows are equal to another and counted too, £542.98", "angus/payments"),
        (
            "nhs-tayside/acute/2026-04.xlsx: optional_identifier_lost: 2 rows (5452, 7948)",
            "nhs-tayside/acute optional_identifier_lost",
        ),
        ("angus payments 2026-03: pounds 1315464.14, usually 644417.83", "angus payments pounds"),
        ("angus clients: 1 row", "angus clients"),
        ("perth-kinross, equipment, 1,043 have no end date", "perth-kinross equipment"),
        ("angus/care_home/2025-05.csv: is the file of 2025-04 again", "angus/care_home is the file of again"),
        ("£3.00 of nobody", "£3.00 of nobody"),
    ],
)
def test_a_case_is_about_what_it_says_before_its_first_figure(case: str, said: str) -> None:
    assert about(case) == said
