"""gate/clients_lack: agencies whose latest clients file leaves out names or dates of birth."""

from typing import Any

from tests.sql.sql_case import Row, run


def sent(period: str, number: int, agency: str = "angus", **own: Any) -> Row:
    whole = {"forename": "A", "surname": "B", "date_of_birth": "1950-01-01"}
    return {"agency": agency, "period": period, "social_care_id": f"A{number}", **whole, **own}


def link(number: int, chance: str | None, agency: str = "angus") -> Row:
    return {"agency": agency, "social_care_id": f"A{number}", "link_method": "unlinked", "chance_in_register": chance}


def found(clients: list[Row], links: list[Row] | None = None) -> list[tuple[Any, ...]]:
    rows = run("gate/clients_lack", {"staged.clients": clients, "core.link": links or []})
    return [tuple(row.values()) for row in rows]


def test_a_column_that_was_there_and_is_empty_now_is_named_with_what_it_was() -> None:
    clients = [
        *(sent("2025-04", n) for n in range(4)),
        *(sent("2025-05", n, date_of_birth=None if n else "1950-01-01") for n in range(4)),
        *(sent("2025-05", n, agency="dundee-city") for n in range(4)),
    ]
    assert found(clients) == [("angus", "clients without date_of_birth: 3 of 4 in 2025-05, in the file before 0 of 4")]


def test_one_that_never_was_there_is_named_too_and_half_is_enough() -> None:
    never = [sent(period, n, surname=None) for period in ("2025-04", "2025-05") for n in range(4)]
    assert found(never) == [("angus", "clients without surname: 4 of 4 in 2025-05")]
    assert found([sent("2025-05", n, surname=None if n % 2 else "B") for n in range(4)]) == []


def test_an_older_file_says_nothing_of_the_latest() -> None:
    assert found([*(sent("2025-04", n, forename=None) for n in range(4)), *(sent("2025-05", n) for n in range(4))]) == []


def test_clients_of_whom_too_little_is_written_are_named_from_a_twentieth_on() -> None:
    few, many = ([link(n, None if n < lacking else "0.5") for n in range(40)] for lacking in (2, 3))
    assert found([], few) == []
    (row,) = found([], many)
    assert row == (
        "angus",
        "of 3 clients of 40 too little is written to tell whether they are in the register: estimated_recall is empty",
    )
