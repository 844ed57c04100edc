"""The table of month splits: every kind of record, and what each of its months costs, in pounds and pence, by hand.

Each case goes through `record_month`, `unit_cost_match` and `record_cost` as in a refresh. The dataset runs from January 2024
to April 2025 unless a case says otherwise, so it holds a 29 February and both edges of the financial year 2024-25. Rates:
£70.00 a day in hospital in 2023-24 and £77.00 from 2024-25; £700.00 a week in a care home, £770.00 from 2024-25; nursing
£840.00 and £910.00. So a care-home day is £100.00, then £110.00; a nursing day £120.00, then £130.00.
"""

from typing import Any

import pytest

from tests.sql.sql_case import Row, run

REFRESH = {"first_month": "2024-01-01", "last_month": "2025-04-01", "period_end": "2025-04-30", "period": "2025-04"}
YEARS = ("2023-24", "2024-25", "2025-26")
RATES = {"acute_emergency": ("70", "77", "77"), "care_home_residential": ("700", "770", "770"), "care_home_nursing": ("840", "910", "910"),
         "home_care_personal": ("24.60", "25", "25"), "telecare": ("22.40", "23", "23")}  # fmt: skip
UNITS = {"acute_emergency": "bed_day", "care_home_residential": "week", "care_home_nursing": "week", "home_care_personal": "hour",
         "telecare": "item", "meals": "payment", "acute_day_case": "day"}  # fmt: skip
Months = dict[str, str]
"""The first seven characters of a month → pounds."""


def stay(key: str, start: str, end: str | None = None, **own: Any) -> Row:
    return {"agency": "board", "feed": "acute", "record_key": key, "fate": "accepted", "service": "acute_emergency", "spread": "stay",
            "quantity": 1, "start_date": start, "end_date": end, "source_file": "f", "source_row": 1, **own}  # fmt: skip


def home(key: str, start: str, end: str | None = None, nursing: bool = False, **own: Any) -> Row:
    service = "care_home_nursing" if nursing else "care_home_residential"
    return stay(
        key, start, end, **{"agency": "council", "feed": "care_home", "service": service, "social_care_id": "A1", **own}
    )


def paid(key: str, start: str, after: str, amount: str) -> Row:
    """`after`: the day after the last one paid for."""
    return stay(key, start, after, agency="council", feed="payments", service="meals", spread="span", amount=amount)


def split(rows: list[Row], method: str, refresh: dict[str, str] = REFRESH) -> dict[str, Months]:
    """What each record costs in each month."""
    rules = [{"agency": a, "service": s, "method": method} for a in ("board", "council") for s in UNITS]
    tables: dict[str, list[Row]] = {
        "core.record": rows, "core.refresh": [refresh], "reference.costing_rules": rules,
        "reference.services": [{"service": s, "unit": u} for s, u in UNITS.items()],
    }  # fmt: skip
    prices = [
        {"financial_year": year, "service": service, "unit_cost": price}
        for service, by_year in RATES.items()
        for year, price in zip(YEARS, by_year, strict=True)
    ]
    months = run("core/record_month", tables)
    rates = run("core/unit_cost_match", {"core.record_month": months, "reference.unit_costs": prices})
    found = run("core/record_cost", {"core.refresh": [refresh], "core.record_month": months, "core.unit_cost_match": rates})
    costs: dict[str, Months] = {}
    for row in sorted(found, key=lambda row: (row["record_key"], row["month"])):
        costs.setdefault(row["record_key"], {})[f"{row['month']:%Y-%m}"] = str(row["direct_cost"])
    return costs


BY_AMOUNT: list[tuple[str, Row, Months]] = [
    # £300.00 over 1 day of April and 2 of May.
    ("a stay over a month's end", stay("1", "2024-04-30", "2024-05-03", amount="300.00"), {"2024-04": "100.00", "2024-05": "200.00"}),
    # Left on the first of the month: that day does not count.
    ("left on the first of a month", stay("1", "2024-04-29", "2024-05-01", amount="300.00"), {"2024-04": "300.00"}),
    ("the same day", stay("1", "2024-05-31", "2024-05-31", amount="300.00"), {"2024-05": "300.00"}),
    # Open: 31 days of March and 30 of April to the period's end. £610.00 / 61 = £10.00 a day.
    ("open to the period's end", stay("1", "2025-03-01", amount="610.00", period="2025-04"), {"2025-03": "310.00", "2025-04": "300.00"}),
    # 28 and 29 February, 1 March: a third each. £100.00 = £66.67 + £33.33 (66.666 has the larger remainder).
    ("over the leap day", stay("1", "2024-02-28", "2024-03-02", amount="100.00"), {"2024-02": "66.67", "2024-03": "33.33"}),
    ("the leap day alone", stay("1", "2024-02-29", "2024-03-01", amount="100.00"), {"2024-02": "100.00"}),
    # 31 March belongs to 2023-24, 1 April to 2024-25: an amount of its own is one split over both years.
    ("the financial year's first edge", stay("1", "2024-03-31", "2024-04-02", amount="100.01"), {"2024-03": "50.01", "2024-04": "50.00"}),
    ("the financial year's last edge", stay("1", "2025-03-30", "2025-04-02", amount="100.00"), {"2025-03": "66.67", "2025-04": "33.33"}),
    # 11 + 31 + 8 = 50 days from 21 January to 10 March: £1.00 = 22 + 58 + 20 pence.
    ("a penny at a time", stay("1", "2024-01-21", "2024-03-11", amount="1.00"), {"2024-01": "0.22", "2024-02": "0.58", "2024-03": "0.20"}),
    # A credit takes back what its payment gave: the same days, the same pence, the other sign.
    ("a credit", stay("1", "2024-02-28", "2024-03-02", amount="-100.00"), {"2024-02": "-66.67", "2024-03": "-33.33"}),
    ("nothing", stay("1", "2024-04-30", "2024-05-03", amount="0.00"), {"2024-04": "0.00", "2024-05": "0.00"}),
    ("no amount", stay("1", "2024-04-30", "2024-05-03"), {"2024-04": "None", "2024-05": "None"}),
    # 17 days of December lie before the dataset, 14 of January in it: the whole amount is split all the same.
    ("from before the dataset", stay("1", "2023-12-15", "2024-01-15", amount="310.00"), {"2023-12": "170.00", "2024-01": "140.00"}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), [case[1:] for case in BY_AMOUNT], ids=[case[0] for case in BY_AMOUNT])
def test_stays_by_the_amount_on_the_record(row: Row, expected: Months) -> None:
    assert split([row], "record") == {"1": expected}


BY_RATE: list[tuple[str, Row, Months]] = [
    # 31 March at £70.00, 1 and 2 April at £77.00.
    ("the rate changes on 1 April", stay("1", "2024-03-31", "2024-04-03"), {"2024-03": "70.00", "2024-04": "154.00"}),
    ("the same day is one day", stay("1", "2024-05-31", "2024-05-31"), {"2024-05": "77.00"}),
    ("open to the period's end", stay("1", "2025-04-28"), {"2025-04": "231.00"}),
    ("the leap day is a day", stay("1", "2024-02-28", "2024-03-01"), {"2024-02": "140.00"}),
    # 3 and 4 days in a home in 2023-24: £700.00 / 7 × 7.
    ("a week in a home over a month's end", home("1", "2024-01-29", "2024-02-05"), {"2024-01": "300.00", "2024-02": "400.00"}),
    ("February of a leap year in a home", home("1", "2024-02-01", "2024-03-01"), {"2024-02": "2900.00"}),
    ("a home over 1 April", home("1", "2024-03-30", "2024-04-02"), {"2024-03": "200.00", "2024-04": "110.00"}),
    # An hour is £24.60: 12.25 hours are £301.35, a reversal of them as much less.
    ("hours of a month", stay("1", "2024-02-01", agency="council", feed="home_care", service="home_care_personal", spread="event",
                              quantity="12.25"), {"2024-02": "301.35"}),
    ("hours taken back", stay("1", "2024-02-01", agency="council", feed="home_care", service="home_care_personal", spread="event",
                              quantity="-12.25"), {"2024-02": "-301.35"}),
    # An alarm there from 29 February to 1 April counts once in each of three months, at each year's rate.
    ("an alarm", stay("1", "2024-02-29", "2024-04-02", agency="council", feed="equipment", service="telecare", spread="month",
                      social_care_id="A1"), {"2024-02": "22.40", "2024-03": "22.40", "2024-04": "23.00"}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), [case[1:] for case in BY_RATE], ids=[case[0] for case in BY_RATE])
def test_stays_hours_and_items_by_rate(row: Row, expected: Months) -> None:
    assert split([row], "rate") == {"1": expected}


OVERLAPS: list[tuple[str, list[Row], dict[str, Months]]] = [
    # From 1 to 9 May and from 10 to 19 May: the tenth is the second's alone. £110.00 a day.
    ("touching", [home("1", "2024-05-01", "2024-05-10"), home("2", "2024-05-10", "2024-05-20")], {"1": {"2024-05": "990.00"}, "2": {"2024-05": "1100.00"}}),
    # 8 and 9 May are in both: the later one has them.
    ("overlapping", [home("1", "2024-05-01", "2024-05-10"), home("2", "2024-05-08", "2024-05-20")], {"1": {"2024-05": "770.00"}, "2": {"2024-05": "1320.00"}}),
    # 31 days of May less the ten of the stay inside it.
    ("nested", [home("1", "2024-05-01", "2024-06-01"), home("2", "2024-05-10", "2024-05-20")], {"1": {"2024-05": "2310.00"}, "2": {"2024-05": "1100.00"}}),
    # The inner stay lies over the month's end: 3 days of May and 2 of June are taken from the outer one's 31 and 9.
    ("nested over a month's end", [home("1", "2024-05-01", "2024-06-10"), home("2", "2024-05-29", "2024-06-03")],
     {"1": {"2024-05": "3080.00", "2024-06": "770.00"}, "2": {"2024-05": "330.00", "2024-06": "220.00"}}),
    # The flag changes on 16 March: 15 days at £100.00, then 16 nursing days at £120.00 and, from 1 April, two at £130.00.
    ("a nursing flag that changes mid-stay", [home("1", "2024-03-01", "2024-03-16"), home("2", "2024-03-16", "2024-04-03", nursing=True)],
     {"1": {"2024-03": "1500.00"}, "2": {"2024-03": "1920.00", "2024-04": "260.00"}}),
    # The same sent with the first row still open: its days from the change on are the nursing row's.
    ("a nursing flag that changes under an open row", [home("1", "2025-04-21"), home("2", "2025-04-26", nursing=True)],
     {"1": {"2025-04": "550.00"}, "2": {"2025-04": "650.00"}}),
    # From one day on: the one that ends first keeps its days, whatever it is called.
    ("two rows from one day, one longer", [home("1", "2024-05-01", "2024-05-06"), home("2", "2024-05-01", "2024-05-11", nursing=True)],
     {"1": {"2024-05": "550.00"}, "2": {"2024-05": "650.00"}}),
    ("two rows from one day, one open", [home("2", "2025-04-01", "2025-04-06"), home("1", "2025-04-01", nursing=True)],
     {"2": {"2025-04": "550.00"}, "1": {"2025-04": "3250.00"}}),
    # The same days: they are the nursing row's; the other stays and costs nothing.
    ("two equal rows, the first with nursing care", [home("1", "2024-05-01", "2024-05-11", nursing=True), home("2", "2024-05-01", "2024-05-11")],
     {"1": {"2024-05": "1300.00"}, "2": {"2024-05": "0.00"}}),
    ("two rows from one day", [home("1", "2024-05-01", "2024-05-11"), home("2", "2024-05-01", "2024-05-11", nursing=True)],
     {"1": {"2024-05": "0.00"}, "2": {"2024-05": "1300.00"}}),
    ("one day within a stay", [home("1", "2024-05-01", "2024-05-11"), home("2", "2024-05-04", "2024-05-04")], {"1": {"2024-05": "990.00"}, "2": {"2024-05": "110.00"}}),
    ("three at once", [home("1", "2024-05-01", "2024-05-30"), home("2", "2024-05-10", "2024-05-20"), home("3", "2024-05-15", "2024-05-25")],
     {"1": {"2024-05": "1540.00"}, "2": {"2024-05": "550.00"}, "3": {"2024-05": "1100.00"}}),
    ("two clients", [home("1", "2024-05-01", "2024-05-11"), home("2", "2024-05-01", "2024-05-11", social_care_id="A2")],
     {"1": {"2024-05": "1100.00"}, "2": {"2024-05": "1100.00"}}),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in OVERLAPS], ids=[case[0] for case in OVERLAPS])
def test_stays_of_one_client_are_paid_for_once_a_day(rows: list[Row], expected: dict[str, Months]) -> None:
    assert split(rows, "rate") == split(rows[::-1], "rate") == expected


PAYMENTS: list[tuple[str, Row, Months]] = [
    # Both ends count: 30 April, 1 and 2 May.
    ("over a month's end", paid("1", "2024-04-30", "2024-05-03", "300.00"), {"2024-04": "100.00", "2024-05": "200.00"}),
    ("one day", paid("1", "2024-05-31", "2024-06-01", "300.00"), {"2024-05": "300.00"}),
    # Four weeks from 19 February of a leap year: 11 days, then 17.
    ("four weeks over the leap day", paid("1", "2024-02-19", "2024-03-18", "280.00"), {"2024-02": "110.00", "2024-03": "170.00"}),
    ("the leap day", paid("1", "2024-02-29", "2024-03-01", "0.01"), {"2024-02": "0.01"}),
    ("a quarter", paid("1", "2024-04-01", "2024-07-01", "1000.00"), {"2024-04": "329.67", "2024-05": "340.66", "2024-06": "329.67"}),
    # 330 / 1000 = 329.670329..., 31 days 340.659340...: the floors leave a penny, and May's remainder is the largest.
    ("over 1 April", paid("1", "2024-03-18", "2024-04-15", "280.00"), {"2024-03": "140.00", "2024-04": "140.00"}),
    ("over the end of the last year", paid("1", "2025-03-18", "2025-04-15", "0.01"), {"2025-03": "0.01", "2025-04": "0.00"}),
    ("a credit", paid("1", "2024-04-01", "2024-07-01", "-1000.00"), {"2024-04": "-329.67", "2024-05": "-340.66", "2024-06": "-329.67"}),
    # A tie of halves of a penny goes to the larger share, then to the earlier month.
    ("a tie", paid("1", "2024-04-29", "2024-05-03", "0.01"), {"2024-04": "0.01", "2024-05": "0.00"}),
    ("beyond the period", paid("1", "2025-04-29", "2025-05-03", "400.00"), {"2025-04": "200.00", "2025-05": "200.00"}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), [case[1:] for case in PAYMENTS], ids=[case[0] for case in PAYMENTS])
def test_payments_are_split_by_the_days_they_are_for(row: Row, expected: Months) -> None:
    assert split([row], "payments") == {"1": expected}


def test_a_month_s_cost_row_stays_in_its_month() -> None:
    """What is sent by the month (home care's gross cost, prescribing, budgets) is one month's, whatever its days."""
    rows = [stay(str(n), f"2024-0{n}-01", spread="event", feed="home_care", agency="council", service="home_care_personal", amount="31.07") for n in (2, 3, 4)]  # fmt: skip
    assert split(rows, "record") == {"2": {"2024-02": "31.07"}, "3": {"2024-03": "31.07"}, "4": {"2024-04": "31.07"}}


def test_rows_of_one_key_by_month_are_each_their_own_month_s() -> None:
    """A national extract with a row for each month of an episode is summed when it is read: one record, split by its days."""
    episode = stay("1", "2024-04-30", "2024-05-03", amount="90.00")
    assert split([episode], "record") == {"1": {"2024-04": "30.00", "2024-05": "60.00"}}


def test_a_stay_still_open_next_month_keeps_the_months_published_before() -> None:
    """By rate a month later adds its own days and takes nothing back; an amount is for the days up to its file's month."""
    rows, amount = [stay("1", "2025-03-30")], [stay("1", "2025-03-30", amount="320.00", period="2025-03")]
    march = {**REFRESH, "last_month": "2025-03-01", "period_end": "2025-03-31", "period": "2025-03"}
    assert split(rows, "rate", march) == {"1": {"2025-03": "154.00"}}
    assert split(rows, "rate") == {"1": {"2025-03": "154.00", "2025-04": "2310.00"}}
    assert split(amount, "record", march) == {"1": {"2025-03": "320.00"}}
    assert split(amount, "record") == {"1": {"2025-03": "320.00", "2025-04": "None"}}
    sent_again = [stay("1", "2025-03-30", amount="320.00", period="2025-04")]
    assert split(sent_again, "record") == {"1": {"2025-03": "20.00", "2025-04": "300.00"}}
