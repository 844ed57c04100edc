"""gate/open_after_death: what is named of stays and items that are open though somebody has died."""

from typing import Any

from tests.sql.sql_case import Row, run

COUNCIL = "angus"
REFRESH = [{"period": "2025-06", "first_month": "2025-04-01", "period_end": "2025-06-30"}]


def stay(key: str, **own: Any) -> Row:
    return {"agency": COUNCIL, "feed": "care_home", "record_key": key, "part": "", "fate": "accepted", "is_lead": True,
            "spread": "stay", "social_care_id": key, **own}  # fmt: skip


def cost(key: str, month: str, pounds: str) -> Row:
    return {"agency": COUNCIL, "feed": "care_home", "record_key": key, "part": "", "month": f"{month}-01", "in_window": True,
            "direct_cost": pounds}  # fmt: skip


def named(*records: Row) -> list[Row]:
    """A1 died by the council's own words, A2 by its link alone, A3 lives."""
    return run(
        "gate/open_after_death",
        {
            "core.refresh": REFRESH,
            "core.record": list(records),
            "core.death": [{"named": f"client:{COUNCIL}:A1", "date_of_death": "2025-05-10"}],
            "core.record_person": [
                {"agency": COUNCIL, "feed": "care_home", "record_key": key, "part": "", "person_key": f"chi:{key}"}
                for key in ("A1", "A2", "A3")
            ],
            "core.person_home": [
                {"person_key": "chi:A1", "date_of_death": "2025-05-12"},
                {"person_key": "chi:A2", "date_of_death": "2025-04-20"},
                {"person_key": "chi:A3"},
            ],
            "core.record_cost": [
                *(cost("A1", month, "10.00") for month in ("2025-04", "2025-05")),
                *(cost(key, month, "100.00") for key in ("A2", "A3") for month in ("2025-04", "2025-05", "2025-06")),
            ],
        },
    )


def test_a_death_known_by_a_link_alone_is_named_with_what_was_costed_since() -> None:
    assert [(row["records"], row["amount"]) for row in named(stay("A1"), stay("A2"), stay("A3"))] == [
        (
            "1 has no end date though the person (known by a link) died, the first in 2025-04",
            "costed on, as a link moves no cost; the months after it: £200.00",
        ),
        ("1 has no end date though the person died, the first in 2025-05", "costed to the day of death: £20.00"),
    ]


def test_what_has_ended_or_was_replaced_is_not_named() -> None:
    assert named(stay("A1", end_date="2025-05-09"), stay("A2", fate="superseded")) == []
