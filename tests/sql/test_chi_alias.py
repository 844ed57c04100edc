"""chi_alias: a superseded CHI leads to the current one of the same person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
def test_numbers_are_followed_as_one_does_by_hand(pairs: list[tuple[str | None, str]]) -> None:
    followed = {number: by_hand(number, pairs) for pair in pairs for number in pair if number}
    assert aliases(register(*pairs)) == {old: new for old, new in followed.items() if old != new}


def by_hand(number: str, pairs: list[tuple[str | None, str]]) -> str:
    """From a number on to the one that superseded it, and so on; of a ring the smallest; a number that two supersede leads nowhere."""
    seen = [number]
    while len(after := {new for old, new in pairs if old == seen[-1] and old != new}) == 1:
        (following,) = after
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]
