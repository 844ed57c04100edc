"""client_birth: the century of a client's day of birth."""

import pytest

from tests.sql.sql_case import Row, run

PERIOD = "2025-05"


def born(written: str, register: str | None = None, resident_since: str | None = None) -> str:
    """The day of birth of a client, as the council wrote it, whose CHI number is the register's if that has a day."""
    client = {"agency": "angus", "period": PERIOD, "social_care_id": "A1", "date_of_birth": written, "chi_number": "C"}
    tables: dict[str, list[Row]] = {"staged.clients": [client]}
    if register:
        tables["staged.population_register"] = [{"chi_number": "C", "date_of_birth": register}]
    if resident_since:
        stay = {"agency": "angus", "social_care_id": "A1", "admission_date": resident_since, "admission_type": "3"}
        tables["staged.care_home"] = [stay]
    (row,) = run("core/client_birth", tables)
    return str(row["date_of_birth"])


@pytest.mark.parametrize(
    ("written", "register", "expected"),
    [
        ("2034-06-13", "1934-06-13", "1934-06-13"),
        ("1920-02-29", "2020-02-29", "2020-02-29"),
        # Day and month are swapped: the year still tells the century, and the day is left as it is.
        ("2024-11-06", "1924-06-11", "1924-11-06"),
        ("1924-11-06", "1924-06-11", "1924-11-06"),
        # Another person's number, or a slip in the year: it says nothing of the century.
        ("1940-01-02", "2005-03-04", "1940-01-02"),
        ("2010-01-02", "1911-01-02", "2010-01-02"),
    ],
)
def test_the_registers_year_decides_the_century(written: str, register: str, expected: str) -> None:
    assert born(written, register) == expected


@pytest.mark.parametrize(
    ("written", "register", "expected"),
    [("2034-06-13", None, "1934-06-13"), ("2036-06-13", "1935-06-13", "1936-06-13"), ("2025-12-01", None, "2025-12-01")],
)
def test_nobody_is_born_years_after_the_file(written: str, register: str | None, expected: str) -> None:
    assert born(written, register) == expected


def test_nobody_under_eighteen_lives_in_a_care_home_for_good() -> None:
    assert born("2024-03-03", resident_since="2025-05-01") == "1924-03-03"
    assert born("2024-03-03") == "2024-03-03"
