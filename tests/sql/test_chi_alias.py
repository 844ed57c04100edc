"""chi_alias: a superseded CHI leads to the current one of the same person."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.linking.current_chi import current_chis
from tests.sql.sql_case import Row, run

BOARD = "nhs-tayside"


def register(*pairs: tuple[str | None, str], period: str = "2025-04", agency: str = BOARD) -> list[Row]:
    """Register rows from (previous CHI, CHI). One letter stands for a CHI."""
    return [{"agency": agency, "period": period, "previous_chi_number": old, "chi_number": new} for old, new in pairs]


def aliases(rows: list[Row]) -> dict[str, str]:
    found = run("core/chi_alias", {"staged.population_register": rows})
    assert len({row["chi_number"] for row in found}) == len(found)
    return {row["chi_number"]: row["current_chi"] for row in found}


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(None, "A"), (None, "B")], {}),
        ([("A", "B")], {"A": "B"}),
        ([("A", "B"), (None, "A")], {"A": "B"}),
        # A chain is followed to its end, however long.
        ([("A", "B"), ("B", "C"), ("C", "D")], {"A": "D", "B": "D", "C": "D"}),
        ([(chr(65 + i), chr(66 + i)) for i in range(14)], {chr(65 + i): "O" for i in range(14)}),
        # Two old numbers of one person.
        ([("A", "C"), ("B", "C")], {"A": "C", "B": "C"}),
        # A number cannot supersede itself.
        ([("A", "A")], {}),
        # Two people claim A: nobody knows whose it was, so it stays by itself.
        ([("A", "B"), ("A", "C")], {}),
        ([("A", "B"), ("A", "B")], {"A": "B"}),
        ([("Z", "A"), ("A", "B"), ("A", "C")], {"Z": "A"}),
        # A ring is one person under the smallest of its numbers, also for those who lead into it.
        ([("A", "B"), ("B", "A")], {"B": "A"}),
        ([("C", "B"), ("B", "D"), ("D", "C"), ("A", "D")], {"A": "B", "C": "B", "D": "B"}),
    ],
)
def test_superseded_numbers(pairs: list[tuple[str | None, str]], expected: dict[str, str]) -> None:
    assert aliases(register(*pairs)) == expected
    assert aliases(register(*reversed(pairs))) == expected


def test_the_latest_register_of_each_board_counts() -> None:
    older = register(("A", "B"))
    assert aliases(older + register(("A", "C"), period="2025-05")) == {"A": "C"}
    assert aliases(older + register((None, "C"), period="2025-05")) == {}
    assert aliases(older + register(("X", "Y"), period="2025-05", agency="nhs-fife")) == {"A": "B", "X": "Y"}


@given(st.lists(st.tuples(st.sampled_from([None, *"ABCDEF"]), st.sampled_from("ABCDEF")), min_size=1, max_size=8))
def test_costing_and_linking_follow_numbers_alike(pairs: list[tuple[str | None, str]]) -> None:
    table = pa.table({"previous_chi_number": [p for p, _ in pairs], "chi_number": [c for _, c in pairs]},
                     schema=pa.schema([("previous_chi_number", pa.string()), ("chi_number", pa.string())]))  # fmt: skip
    linked = {row["chi_number"]: row["current_chi_number"] for row in current_chis(table).to_pylist()}
    assert aliases(register(*pairs)) == {old: new for old, new in linked.items() if old != new}
