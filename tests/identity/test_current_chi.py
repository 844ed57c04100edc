"""Every number of the register leads to a current one, by the rules that `tests/sql/test_chi_alias.py` shows."""

from pipelines.identity.linking.current_chi import make_current_chis
from pipelines.identity.linking.database import database
from tests.identity.people import REGISTER, table


def test_superseded_numbers_lead_to_the_current_one() -> None:
    current = currents([("C", "B"), ("B", "A"), ("D", None), ("E", "E")])
    assert current == {"A": "C", "B": "C", "C": "C", "D": "D", "E": "E"}


def test_a_ring_of_superseded_numbers_ends() -> None:
    assert currents([("B", "A"), ("A", "B"), ("A2", "A3")]) == {"A": "A", "B": "A", "A2": "A2", "A3": "A2"}


def test_a_number_superseded_twice_leads_nowhere() -> None:
    assert currents([("B", "A"), ("C", "A")]) == {"A": "A", "B": "B", "C": "C"}


def currents(pairs: list[tuple[str, str | None]]) -> dict[str, str]:
    rows = [{"chi_number": number, "previous_chi_number": previous} for number, previous in pairs]
    with database(threads=1) as connection:
        connection.register("register", table(rows, REGISTER))
        make_current_chis(connection)
        return dict(connection.execute("SELECT chi_number, current_chi_number FROM current_chi").fetchall())
