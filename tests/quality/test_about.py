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
        ("dundee-city, 9900, new burdens, £251.62", "dundee-city 9900 new burdens"),
        ("dundee-city, 4100.10, Care, £3.00", "dundee-city 4100.10 Care"),
        ("dundee-city, A-4100.10, Care, £3.00", "dundee-city A-4100.10 Care"),
        ("dundee-city, T1234-56, Care, £3.00", "dundee-city T1234-56 Care"),
        ("dundee-city, 41234-56, Care, £3.00", "dundee-city 41234-56 Care"),
        ("angus/payments/2026-04.CSV: 2 rows are equal to another and counted too, £1.00", "angus/payments"),
        ("angus/payments/2026-04.csv: row 12, 40: a total that is not the sum of the rows above", "angus/payments row"),
        (
            "angus/ledger/2026-04: the amount of row 5, 9 is that of the rows just above, £3.00 may count twice",
            "angus/ledger the amount of row",
        ),
        ("angus, 2026-04, cost_code.missing, 3 rows, £5.00", "angus cost_code.missing"),
        ("angus, clients without surname: 3 of 4 in 2026-04", "angus clients without surname"),
        ("angus, home_care, £5.00, 3 payments", "angus home_care"),
        ("angus, home_care, 2026-03, £30.77", "angus home_care"),
    ],
)
def test_a_case_is_about_what_it_says_before_its_first_figure(case: str, said: str) -> None:
    assert about(case) == said
