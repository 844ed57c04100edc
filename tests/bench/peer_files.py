"""The peer's files: each feed's columns and rules in pandera, and its files read with pandas.

Belongs here: from the files of a feed to its accepted records, in columns that all feeds share. Does not belong here: what
they cost (`peer.py`).
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

HOSPITAL_FEEDS = ("acute", "maternity", "mental_health")
CONTACTS = ("community_nursing", "community_mental_health")
RECORD = ["agency", "feed", "key", "part"]
Ints = np.ndarray
OPEN = 1_000_000
"""The last day, counted from 1970, of what has not ended."""


def text(*allowed: str, blank: bool = False) -> pa.Column:
    """A text, or one of a closed list."""
    return pa.Column(str, pa.Check.isin(allowed) if allowed else None, nullable=blank)


def day(blank: bool = False) -> pa.Column:
    """A date, with or without a time."""
    return pa.Column("datetime64[s]", nullable=blank)


def number(limit: int, scale: int, blank: bool = False) -> pa.Column:
    """A number as a whole count of its smallest unit, within a limit of whole ones."""
    return pa.Column("Int64", pa.Check.in_range(-limit * scale, limit * scale), nullable=blank, metadata={"scale": scale})


def pounds(limit: int = 10_000_000, blank: bool = False) -> pa.Column:
    """Pounds as whole pence."""
    return number(limit, 100, blank)


HOSPITAL = {
    "episode_id": text(), "chi_number": text(blank=True), "admission_date": day(), "discharge_date": day(blank=True),
    "inpatient_day_case": text("I", "D"), "admission_type_code": text(blank=True), "specialty_code": text(), "location_code": text(),
    "geriatric_long_stay": text(blank=True), "total_cost": pounds(blank=True),
}  # fmt: skip
CONTACT = {
    "contact_id": text(), "chi_number": text(blank=True), "contact_date": day(), "duration_minutes": number(100_000, 10_000, True),
    "contact_type": text(blank=True),
}  # fmt: skip
PERSON = {
    "forename": text(blank=True), "surname": text(blank=True), "sex": text(blank=True), "postcode": text(blank=True), "date_of_death": day(True)
}  # fmt: skip
COLUMNS: dict[str, dict[str, pa.Column]] = {
    "population_register": {"chi_number": text(), "previous_chi_number": text(blank=True), "date_of_birth": day(), **PERSON},
    "clients": {"social_care_id": text(), "chi_number": text(blank=True), "date_of_birth": day(blank=True), **PERSON},
    "deaths": {"chi_number": text(), "date_of_death": day()},
    "acute": HOSPITAL, "maternity": HOSPITAL, "mental_health": HOSPITAL, "community_nursing": CONTACT, "community_mental_health": CONTACT,
    "outpatient": {
        "episode_id": text(), "chi_number": text(blank=True), "clinic_date": day(), "specialty_code": text(), "location_code": text(),
        "attendance_status": text("1", "5", "8"), "total_cost": pounds(blank=True),
    },
    "emergency": {
        "attendance_id": text(), "chi_number": text(blank=True), "arrival_datetime": day(), "departure_datetime": day(blank=True),
        "location_code": text(), "total_cost": pounds(blank=True),
    },
    "prescribing": {
        "chi_number": text(blank=True), "paid_month": day(), "gp_practice_code": text(), "paid_items": number(1_000_000, 10_000),
        "gross_ingredient_cost": pounds(),
    },
    "gp_out_of_hours": {
        "consultation_id": text(), "chi_number": text(blank=True), "start_datetime": day(), "end_datetime": day(blank=True),
        "consultation_type": text(),
    },
    "delayed_discharge": {
        "delay_id": text(), "chi_number": text(blank=True), "ready_for_discharge_date": day(), "delay_end_date": day(blank=True),
        "reason_code": text(),
    },
    "home_care": {
        "service_id": text(), "social_care_id": text(), "month": day(), "hours": number(10_000, 10_000), "service_type": text(blank=True),
        "reablement": text(blank=True), "gross_cost": pounds(1_000_000, blank=True),
    },
    "care_home": {
        "stay_id": text(), "social_care_id": text(), "admission_date": day(), "discharge_date": day(blank=True),
        "nursing_care": text(blank=True), "admission_type": text(blank=True), "gross_weekly_cost": pounds(100_000, blank=True),
    },
    "self_directed_support": {
        "budget_id": text(), "social_care_id": text(), "month": day(), "option": text("1", "2", "3", "4"), "gross_amount": pounds(1_000_000),
    },
    "equipment": {
        "service_id": text(), "social_care_id": text(), "service_type": text("1", "2"), "start_date": day(), "end_date": day(blank=True),
    },
    "payments": {
        "payment_id": text(), "social_care_id": text(blank=True), "cost_code": text(), "period_from": day(), "period_to": day(),
        "gross_amount": pounds(),
    },
    "ledger": {"cost_code": text(), "month": day(), "amount": pounds(100_000_000)},
}  # fmt: skip
KEYS = {
    "population_register": ["chi_number"], "clients": ["social_care_id"], "deaths": ["chi_number"], "outpatient": ["episode_id"],
    "acute": ["episode_id"], "maternity": ["episode_id"], "mental_health": ["episode_id"], "emergency": ["attendance_id", "location_code"],
    "prescribing": ["chi_number", "paid_month", "gp_practice_code"], "gp_out_of_hours": ["consultation_id"],
    "community_nursing": ["contact_id"], "community_mental_health": ["contact_id"], "delayed_discharge": ["delay_id"],
    "home_care": ["service_id", "social_care_id", "month"], "care_home": ["stay_id", "social_care_id"],
    "self_directed_support": ["budget_id", "social_care_id", "month"], "equipment": ["service_id"],
    "payments": ["payment_id", "social_care_id"], "ledger": ["cost_code", "month"],
}  # fmt: skip
PARTS = {"home_care": ["service_type"], "care_home": ["admission_date", "nursing_care"], "self_directed_support": ["option"]}
SPANS = {
    "care_home": ("admission_date", "discharge_date"), **dict.fromkeys(HOSPITAL_FEEDS, ("admission_date", "discharge_date")),
    "emergency": ("arrival_datetime", "departure_datetime"), "gp_out_of_hours": ("start_datetime", "end_datetime"),
    "delayed_discharge": ("ready_for_discharge_date", "delay_end_date"), "equipment": ("start_date", "end_date"),
    "payments": ("period_from", "period_to"),
}  # fmt: skip
EVENTS = {
    feed: SPANS[feed][0] if feed in SPANS else next(n for n, c in columns.items() if c.dtype and "datetime" in str(c.dtype))
    for feed, columns in COLUMNS.items() if feed not in ("population_register", "clients", "payments")
}  # fmt: skip


def schema_of(feed: str) -> pa.DataFrameSchema:
    """The rules of a feed that set a record aside."""
    checks = [pa.Check(lambda f: ~f["unreadable"], name="unreadable")]
    if feed in EVENTS:
        checks.append(pa.Check(lambda f: f[EVENTS[feed]] < f["period_end"], name="after_period"))
    if feed in SPANS:
        start, end = SPANS[feed]
        checks.append(pa.Check(lambda f: ~(f[end] < f[start]), name="before_start"))
    unique = None if feed in ("payments", "ledger") else KEYS[feed] + PARTS.get(feed, [])
    return pa.DataFrameSchema(COLUMNS[feed], checks=checks, unique=unique)


def read(file: Path) -> pd.DataFrame:
    """A file as text, in whatever encoding and separator its agency writes."""
    start = file.read_bytes()[:2]
    for encoding in ("utf-16",) if start in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            with file.open(encoding=encoding) as lines:
                separator = max(",;\t|", key=lines.readline().count)
            return pd.read_csv(
                file, sep=separator, encoding=encoding, dtype=str, na_values=[""], keep_default_na=False, on_bad_lines="skip"
            )
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{file} is in no encoding")


def typed(sent: pd.DataFrame, feed: str) -> pd.DataFrame:
    """A feed's columns with their types; `unreadable` says where something stands that is no value."""
    frame, unreadable = pd.DataFrame(index=sent.index), np.zeros(len(sent), bool)
    for name, column in COLUMNS[feed].items():
        given = sent[name].str.strip() if name in sent else pd.Series(pd.NA, sent.index, dtype="str")
        if "datetime" in str(column.dtype):
            frame[name] = pd.to_datetime(given, format="ISO8601", errors="coerce").astype("datetime64[s]")
        elif column.metadata:
            frame[name] = (pd.to_numeric(given, errors="coerce") * column.metadata["scale"]).round().astype("Int64")
        else:
            frame[name] = given
        unreadable |= (frame[name].isna() & given.notna()).to_numpy()
    return frame.assign(unreadable=unreadable)


def load(landing: Path, feed: str, period: str) -> pd.DataFrame:
    """The accepted records of a feed's files up to a period."""
    schema, kept = schema_of(feed), []
    files = sorted(f for f in landing.glob(f"*/{feed}/*.csv") if f.stem[:7] <= period)
    # Of each submission the latest revision counts: it comes last.
    for file in {(f.parent, f.stem[:7]): f for f in files}.values():
        of = file.stem[:7]
        frame = typed(read(file).drop_duplicates(), feed)
        frame["period_end"] = (pd.Period(of, "M") + 1).to_timestamp().as_unit("s")
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            frame = frame.drop(index=error.failure_cases["index"].dropna().unique())
        kept.append(frame.assign(agency=file.parts[-3], feed=feed, period=of))
    nothing = typed(pd.DataFrame(), feed).assign(agency="", feed=feed, period="")
    whole = pd.concat(kept or [nothing], ignore_index=True)
    whole["key"] = joined(whole, KEYS[feed])
    whole["part"] = joined(whole, PARTS.get(feed, []))
    last = whole.groupby(["agency", "key"])["period"].transform("max")
    # A credit is added to the payment that it cancels; all else that comes again replaces what came before.
    stays = whole["gross_amount"] < 0 if feed == "payments" else False
    return whole[(whole["period"] == last) | stays] if feed not in ("population_register", "clients") else whole


def joined(frame: pd.DataFrame, names: list[str]) -> pd.Series:
    """Columns as one text."""
    out = pd.Series("", frame.index)
    for n, name in enumerate(names):
        column = frame[name]
        words = column.dt.strftime("%Y-%m-%d") if "datetime" in str(column.dtype) else column
        out = words.fillna("") if n == 0 else out + "|" + words.fillna("")
    return out


def days_of(column: pd.Series) -> Ints:
    """Dates as days counted from 1970; what is blank has not ended."""
    days = column.to_numpy("datetime64[D]")
    return np.where(np.isnat(days), OPEN, days.astype(int))


def reference(data: Path, name: str) -> pd.DataFrame:
    """A reference table as text."""
    return pd.read_csv(data / "reference" / f"{name}.csv", dtype=str)


def mapped(rows: pd.DataFrame, day: str, codes: pd.DataFrame) -> pd.Series:
    """The service of each row's cost code on a day: unmapped where no code is there, none where it is no cost."""
    both = rows.reset_index().merge(codes, on=["agency", "cost_code"])
    first, last = (pd.to_datetime(both[name]).astype("datetime64[s]") for name in ("valid_from", "valid_to"))
    both = both[~(both[day] < first) & ~(both[day] > last)].set_index("index")
    return both["service"].where(both["treatment"] == "cost").reindex(rows.index).where(rows.index.isin(both.index), "unmapped")


def service_of(feed: str, f: pd.DataFrame, data: Path) -> Any:
    """The service of each record of a feed."""
    kind: Any
    if feed == "acute":
        kinds = reference(data, "admission_types").set_index("admission_type_code")["admission"]
        kind = "acute_" + f["admission_type_code"].map(kinds).fillna("other")
        return np.select(
            [f["geriatric_long_stay"] == "Y", f["inpatient_day_case"] == "D"], ["geriatric_long_stay", "acute_day_case"], kind
        )
    if feed == "outpatient":
        return np.where(f["attendance_status"] == "1", "outpatient", "outpatient_dna")
    if feed == "home_care":
        kind = np.where(f["service_type"] == "2", "home_care_personal", "home_care_non_personal")
        return np.where(f["reablement"] == "1", "home_care_reablement", kind)
    if feed == "care_home":
        kind = np.where(f["nursing_care"] == "1", "care_home_nursing", "care_home_residential")
        return np.where(f["admission_type"] == "1", "care_home_respite", kind)
    if feed == "self_directed_support":
        return f["option"].map({"1": "sds_direct_payment", "2": "sds_option_2", "3": "sds_option_3", "4": "sds_option_4"})
    if feed == "payments":
        return mapped(f, "period_from", reference(data, "cost_code_map"))
    return {"mental_health": "mental_health_inpatient", "equipment": "telecare"}.get(feed, feed)


FACTS: dict[str, tuple[str, str | None, str, str | None, str | None, str | None]] = {
    **dict.fromkeys(HOSPITAL_FEEDS, ("admission_date", "discharge_date", "stay", None, "total_cost", None)),
    **dict.fromkeys(CONTACTS, ("contact_date", None, "event", None, None, "contact_type")),
    "outpatient": ("clinic_date", None, "event", None, "total_cost", None),
    "emergency": ("arrival_datetime", None, "event", None, "total_cost", None),
    "prescribing": ("paid_month", None, "event", "paid_items", "gross_ingredient_cost", None),
    "gp_out_of_hours": ("start_datetime", None, "event", None, None, "consultation_type"),
    "delayed_discharge": ("ready_for_discharge_date", "delay_end_date", "stay", None, None, None),
    "home_care": ("month", None, "event", "hours", "gross_cost", None),
    "care_home": ("admission_date", "discharge_date", "stay", None, "gross_weekly_cost", None),
    "self_directed_support": ("month", None, "event", None, "gross_amount", None),
    "equipment": ("start_date", "end_date", "month", None, None, None),
    "payments": ("period_from", "period_to", "span", None, "gross_amount", None),
}
"""Of each feed the columns of first day, last day, quantity, amount and kind of price, and how its days spread over months."""


def records_of(feed: str, data: Path, period: str) -> pd.DataFrame:
    """The records of a feed in the columns that all feeds share. A last day that counts is told as the day after it."""
    f = load(data / "landing", feed, period)
    start, end, spread, quantity, amount, variant = FACTS[feed]
    none = pd.Series(pd.NA, f.index)
    out = f[[*RECORD, "period"]].assign(
        service=service_of(feed, f, data), spread=spread, start=days_of(f[start]),
        end=days_of(f[end]) + (spread in ("month", "span")) if end else OPEN,
        quantity=(f[quantity] if quantity else pd.Series(10_000, f.index)).astype("int64"), amount=f[amount] if amount else none,
        specialty_code=f.get("specialty_code", none), location_code=f.get("location_code", none), variant=f[variant] if variant else none,
        chi=f.get("chi_number", none), client=f.get("social_care_id", none),
    )  # fmt: skip
    if feed in HOSPITAL_FEEDS:
        is_case = f["inpatient_day_case"] == "D"
        out["variant"] = none.mask(is_case | (out["start"] == out["end"]), "case")
        out["spread"] = np.where(is_case, "event", "stay")
    if feed == "payments":
        credit = out["amount"] < 0
        out["part"] = out["part"].where(~credit, out["period"] + "/")
    return out
