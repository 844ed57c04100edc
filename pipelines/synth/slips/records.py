"""What goes wrong with whole records: one more than there should be, or one that another takes back.

Belongs here: the slips themselves. Does not belong here: which feed has which (`by_feed.py`).
"""

import datetime
from decimal import Decimal

from pipelines.synth.slips.amounts import amount_of
from pipelines.synth.slips.days import day_of
from pipelines.synth.slips.kinds import Changes, Record, Setting


def copy(record: Record, setting: Setting) -> dict[str, str]:
    """The same row twice."""
    return {}


def again(key: str) -> Changes:
    """The same once more, with a key of its own."""
    return lambda record, setting: {key: record[key] + "D"}


def says_otherwise(column: str, greatest: str) -> Changes:
    """The same key with another text in a column; the smaller text of the two counts."""
    return lambda record, setting: {column: greatest} if record[column] < greatest else None


def at_the_other_hospital(record: Record, setting: Setting) -> dict[str, str] | None:
    """Departments number their attendances each for itself."""
    return {"location_code": "T202H" if record["location_code"] == "T101H" else "T101H"} if record["location_code"] else None


def further_line(amount: str, pounds: str) -> Changes:
    """One line more of the same record."""
    return lambda record, setting: {amount: pounds} if record[amount] != pounds else None


def equal_line_of(code: str) -> Changes:
    """A line twice; only of a code whose pounds are nobody's cost of care, for they count twice."""
    return lambda record, setting: {} if record["cost_code"].endswith(code) else None


def paid_before(record: Record, setting: Setting) -> dict[str, str] | None:
    """A payment for days before the world's first month."""
    before = setting.first.plus(-1).period
    own = {"payment_id": record["payment_id"] + "B", "period_from": f"{before}-01", "period_to": f"{before}-28"}
    return own if amount_of(record["gross_amount"]) > 0 else None


def sent_again(record: Record, setting: Setting) -> dict[str, str] | None:
    """The same payment under another number."""
    return again("payment_id")(record, setting) if amount_of(record["gross_amount"]) > 0 else None


def reversal(record: Record, setting: Setting) -> dict[str, str] | None:
    """A payment of the file before taken back under its number."""
    while setting.earlier:
        _, paid = setting.earlier.popitem()
        if amount_of(paid["gross_amount"]) > 0:
            return {**paid, "gross_amount": f"-{paid['gross_amount']}", "client_contribution": ""}
    return None


def total_row(column: str, word_in: str, *added: str) -> Changes:
    """A row that adds up the others, once a file. column: where its word is; word_in: what it is; added: what it adds up."""

    def change(record: Record, setting: Setting) -> dict[str, str] | None:
        if setting.has_total:
            return None
        setting.has_total = True
        sums = {
            name: str(sum((Decimal(t) for t in setting.sheet.columns[name].to_pylist() if t), Decimal(0))) for name in added
        }
        return dict.fromkeys(record, "") | {column: word_in} | sums

    return change


def item_before(record: Record, setting: Setting) -> dict[str, str]:
    """A second item of the client that was in the home long before and is still there."""
    return {"service_id": record["service_id"] + "B", "start_date": "2016-02-29", "end_date": ""}


def second_chi(record: Record, setting: Setting) -> dict[str, str] | None:
    """The same client with another CHI, the larger of the two."""
    chi = record["chi_number"]
    if len(chi) != 10 or chi >= "3112":
        return None
    body = f"3112{chi[4:6]}{chi[6:9]}"
    remainder = (11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11) % 11
    return {"chi_number": body + str(remainder)} if remainder < 10 else None


def stay_within(record: Record, setting: Setting) -> dict[str, str] | None:
    """A second stay of the same client inside the first."""
    if record["discharge_date"] or record["admission_date"] >= setting.month.first_day:
        return None
    period = setting.month.period
    return {"stay_id": record["stay_id"] + "B", "admission_date": f"{period}-08", "discharge_date": f"{period}-15"}


def now_nursing(record: Record, setting: Setting) -> dict[str, str] | None:
    """The nursing flag changes in the middle of a stay, which goes on as a second record to the end of the month."""
    within = stay_within(record, setting)
    if within is None:
        return None
    last = day_of(setting.month.plus(1).first_day) - datetime.timedelta(days=1)
    nursing = "0" if record["nursing_care"] == "1" else "1"
    return within | {"stay_id": record["stay_id"] + "N", "discharge_date": str(last), "nursing_care": nursing}
