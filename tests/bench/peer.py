"""The peer: what a good analyst would write in plain pandas and pandera to cost the same files.

    python -m tests.bench.peer DATA OUT PERIOD

Belongs here: the same feeds, the rules that set a record aside (`peer_files.py`), clients linked by CHI or by equal facts, the
same costs, in one table: person, agency, service, month, pence. It uses nothing of the software, so that each can be checked
against the other. Does not belong here: repaired values, rules across files, uncertain links, the pounds of records set aside,
localities and everything that makes a release.
"""

import base64
import hmac
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.peer_files import FACTS, OPEN, RECORD, Ints, days_of, load, mapped, records_of, reference

CELL = ["agency", "service", "month"]


def months_of(days: Ints) -> Ints:
    """The months of days; days and months are counted from 1970."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(int)


def first_of(months: Ints) -> Ints:
    """The first days of months."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(int)


def year_of(months: Ints) -> pd.Series:
    """The financial year of months, as 2025-26."""
    year = pd.Series(1970 + (months - 3) // 12)
    return year.astype(str) + "-" + ((year + 1) % 100).astype(str).str.zfill(2)


def bounded(records: pd.DataFrame, data: Path, died: pd.Series, window_end: int) -> pd.DataFrame:
    """The records that are costed, each with its method, its unit, its last day, and the last month that its amount is for."""
    rules, services = reference(data, "costing_rules"), reference(data, "services")
    r = records.merge(rules[["agency", "service", "method"]], on=["agency", "service"])
    r = r.merge(services[["service", "unit"]], on="service")
    r = r[(r["feed"] != "payments") | (r["method"] == "payments")].reset_index(drop=True)
    start, end, spread = r["start"].to_numpy(), r["end"].to_numpy(), r["spread"]
    by_record, is_open, is_home = r["method"] == "record", end >= OPEN, r["feed"] == "care_home"
    death = r["chi"].fillna(r["agency"] + ":" + r["client"]).map(died).fillna(OPEN).to_numpy(int)
    open_to = np.minimum(window_end - 1, np.maximum(death, start))
    in_window = np.maximum(np.minimum(end, window_end) - 1, start)
    goes_on, is_cut = (
        is_open & spread.isin(["stay", "month"]),
        (spread == "month") | ((spread == "stay") & (~by_record | is_home)),
    )
    r["last_day"] = np.select([spread == "event", goes_on, is_cut], [start, open_to, in_window], np.maximum(end - 1, start))
    # What an open stay has cost so far is for its days to the end of the file's month.
    file_month = r["period"].to_numpy("datetime64[M]").astype(int)
    so_far = (spread == "stay") & is_open & by_record & ~is_home
    r["paid_to"] = np.where(so_far, np.maximum(file_month, months_of(start)), OPEN)
    is_activity = r["method"].isin(["payments", "ledger"]) | r["service"].isin(["outpatient_dna", "delayed_discharge"])
    r["method"] = np.where(r["feed"] == "payments", "payments", np.where(is_activity, "activity", r["method"]))
    return r


def by_month(r: pd.DataFrame, first: int) -> pd.DataFrame:
    """The days and units of each record in each of its months. What counts by the month does so from the first month on."""
    begins = months_of(r["start"].to_numpy())
    begins = np.where(r["spread"] == "month", np.maximum(begins, first), begins)
    count = np.maximum(months_of(r["last_day"].to_numpy()) - begins + 1, 0)
    m = r.loc[r.index.repeat(count)]
    m["month"] = np.repeat(begins, count) + m.groupby(level=0).cumcount().to_numpy()
    m = m.reset_index(names="record")
    month = m["month"].to_numpy()
    m["from_day"] = np.maximum(m["start"], first_of(month))
    m["to_day"] = np.minimum(m["last_day"], first_of(month + 1) - 1)
    m["days"] = m["to_day"] - m["from_day"] + 1 - covered_days(m)
    # Of a client's items one counts in a month: the one that was there first.
    of_item = m["spread"] == "month"
    m.loc[of_item, "days"] = (~m[of_item].sort_values(["start", "key"]).duplicated(["agency", "client", "month"])).astype(int)
    by_days = ((m["spread"] == "stay") & m["unit"].isin(["bed_day", "day", "week"])) | of_item
    is_counted = (m["spread"] == "event") | (m["month"] == months_of(m["start"].to_numpy()))
    m["units"] = np.where(by_days, m["days"] * 10_000, np.where(is_counted, m["quantity"], 0))
    m["per"] = np.where((m["unit"] == "week") & (m["spread"] == "stay"), 7, 1)
    return m


def covered_days(m: pd.DataFrame) -> pd.Series:
    """The days of each month of a care-home stay that a later stay of the same client has."""
    stays = m[(m["feed"] == "care_home") & (m["method"] != "record")]
    several = stays.groupby(["agency", "client"])["record"].transform("nunique") > 1
    own: list[Any] = [np.arange(a, b + 1) for a, b in stays.loc[several, ["from_day", "to_day"]].to_numpy()]
    stays = stays[several].assign(day=own)
    each = stays.assign(length=stays["start"] - stays["end"], nursing=stays["service"] == "care_home_nursing").explode("day")
    each = each.sort_values(["start", "length", "nursing", "key", "part"])
    lost = each[each.duplicated(["agency", "client", "day"], keep="last")]
    return lost.groupby(level=0).size().reindex(m.index, fill_value=0)


def largest_remainder(
    f: pd.DataFrame, group: list[str], total: str, weight: str, tie: Callable[[pd.DataFrame], Any]
) -> pd.Series:
    """A whole total of each group shared by weight. What is left over goes to the largest remainders, then weights, then as `tie` says."""
    g = f.groupby(group, dropna=False).ngroup()
    parts, sums = f[total] * f[weight], f[weight].groupby(g).transform("sum")
    share, rest = parts // sums, parts % sums
    left = f[total] - share.groupby(g).transform("sum")
    rows = pd.DataFrame({"g": g, "rest": -rest, "weight": -f[weight], "left": left}).sort_values(["g", "rest", "weight"])
    rows["rank"] = rows.groupby("g").cumcount()
    margin = rows[rows["rank"] == rows["left"] - 1].set_index("g")
    equal = rows[(rows["rest"] == rows["g"].map(margin["rest"])) & (rows["weight"] == rows["g"].map(margin["weight"]))]
    in_order = equal.assign(tie=tie(f.loc[equal.index])).sort_values(["g", "tie"])
    rows.loc[in_order.index, "rank"] = equal["rank"].to_numpy()
    return share + (rows["rank"] < rows["left"]).reindex(f.index)


def with_rate(m: pd.DataFrame, data: Path) -> pd.DataFrame:
    """The price of a unit, in hundredths of a penny: of those that fit the one that names most."""
    named = ["agency", "specialty_code", "location_code", "variant"]
    needed = ["service", "year", *named]
    wanted = m.loc[m["method"] == "rate", needed].drop_duplicates()
    prices = reference(data, "unit_costs").rename(columns={"financial_year": "year"})
    found = wanted.merge(prices, on=["service", "year"], suffixes=("", "_of"))
    fits = np.logical_and.reduce([found[f"{name}_of"].isna() | (found[f"{name}_of"] == found[name]) for name in named])
    found["names"] = found[[f"{name}_of" for name in named]].notna().sum(axis=1)
    best = found[fits].sort_values("names").drop_duplicates(needed, keep="last")
    best["rate"] = (pd.to_numeric(best["unit_cost"]) * 10_000).round().astype("Int64")
    return m.merge(best[[*needed, "rate"]], on=needed, how="left")


def with_direct_cost(m: pd.DataFrame, data: Path) -> pd.DataFrame:
    """Each month of a record with its share, in pence, of what the record cost; nothing where that is not known."""
    m = with_rate(m.assign(year=year_of(m["month"].to_numpy())), data)
    by_rate, by_record = m["method"] == "rate", m["method"] == "record"
    m["split"] = np.where(by_rate, m["year"], np.where(m["month"] > m["paid_to"], "later", ""))
    by_split = m.groupby(["record", "split"])
    units, days = by_split["units"].transform("sum"), by_split["days"].transform("sum")
    amount = m["amount"].astype("Int64").where((m["split"] != "later") & m["method"].isin(["record", "payments"]))
    amount = amount.mask(by_record & (m["feed"] == "care_home"), rounded(amount * days, 7))
    m["total"] = amount.mask(by_rate, rounded(units * m["rate"], 1_000_000 * m["per"]))
    m["weight"] = m["days"].where(days > 0, (m["month"] == by_split["month"].transform("min")).astype(int))
    known = m[m["total"].notna()].astype({"total": "int64"})
    known["whole"] = known["total"].abs()
    share = largest_remainder(known, ["record", "split"], "whole", "weight", lambda rows: rows["month"])
    m["direct"] = (share * np.sign(known["total"])).reindex(m.index).astype("Int64")
    return m


def rounded(n: pd.Series, d: Any) -> pd.Series:
    """A quotient rounded half away from zero."""
    size = (2 * n.abs() + d) // (2 * d)
    return pd.Series(size.where(n >= 0, -size))


def with_residual(lines: pd.DataFrame, data: Path, quantum: pd.Series, key: bytes) -> pd.DataFrame:
    """The lines with their share of what the ledger has beyond them, and a line without a person for what none of them bears."""
    rules = reference(data, "costing_rules").set_index(["agency", "service"]).rename(columns={"residual": "policy"})
    cells = pd.DataFrame({"quantum": quantum, "direct": lines.groupby(CELL)["direct"].sum()}).fillna(0).astype("int64")
    cells["residual"] = cells["quantum"] - cells["direct"]
    cells = cells.join(rules[["policy", "band_low", "band_high"]]).astype({"band_low": float, "band_high": float})
    low, high = cells["direct"] * cells["band_low"].fillna(0), cells["direct"] * cells["band_high"].fillna(np.inf)
    in_band = (cells["direct"] > 0) & (cells["quantum"] >= low) & (cells["quantum"] <= high)
    is_scaled = (cells["policy"] == "scale") & in_band
    lines = lines.join(cells.loc[is_scaled, "residual"], on=CELL)
    scaled = lines[lines["residual"].notna() & lines["direct"].notna()].astype({"residual": "int64", "direct": "int64"})
    share = largest_remainder(scaled, CELL, "residual", "direct", lambda rows: line_ids(rows, key))
    lines["pence"] = lines["direct"].fillna(0) + share.reindex(lines.index, fill_value=0)
    rest = cells.loc[~is_scaled & (cells["residual"] != 0), "residual"].rename("pence").reset_index()
    return pd.concat([lines[["person", *CELL, "pence"]], rest], ignore_index=True)


def line_ids(lines: pd.DataFrame, key: bytes) -> list[str]:
    """The keyed hashes that decide between lines that are equal in all else."""
    month = first_of(lines["month"].to_numpy()).astype("datetime64[D]").astype(str)
    told = zip(*(lines[name] for name in [*RECORD, "service"]), month, strict=True)
    return [hmac.digest(key, "\x1f".join(words).encode(), "sha256").hex()[:32] for words in told]


def quantum_of(data: Path, period: str, months: range) -> pd.Series:
    """What the ledgers have for each agency, service and month, in pence."""
    ledger = load(data / "landing", "ledger", period)
    ledger["service"] = mapped(ledger, "month", reference(data, "cost_code_map"))
    ledger["month"] = months_of(days_of(ledger["month"]))
    return ledger[ledger["month"].isin(months)].groupby(CELL)["amount"].sum()


def people(data: Path, period: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """The present CHI of each superseded one, the CHI of each client that is known, the day of death by CHI or client."""
    register, clients, deaths = (load(data / "landing", feed, period) for feed in ("population_register", "clients", "deaths"))
    last = register.sort_values("period").drop_duplicates("chi_number", keep="last")
    died = pd.concat([frame.set_index("chi_number")["date_of_death"] for frame in (last, deaths)]).dropna()
    died = died[~died.index.duplicated(keep="last")]
    superseded = last.dropna(subset="previous_chi_number").drop_duplicates("previous_chi_number")
    present_chi = superseded.set_index("previous_chi_number")["chi_number"]
    clients["client"] = clients["agency"] + ":" + clients["social_care_id"]
    clients["chi"] = clients["chi_number"].map(present_chi).astype("str").fillna(clients["chi_number"])
    latest = clients.sort_values("period").drop_duplicates("client", keep="last").set_index("client")
    client_died = latest["chi"].map(died).fillna(latest["date_of_death"]).dropna()
    now = last[last["period"] == last["period"].max()]
    sent = latest[latest["period"] == latest.groupby("agency")["period"].transform("max")]
    facts = ["forename", "surname", "date_of_birth", "sex"]
    only = now[[*facts, "chi_number"]].drop_duplicates(facts, keep=False)
    by_facts = sent.reset_index().merge(only, on=facts, suffixes=("", "_now")).set_index("client")["chi_number_now"]
    by_chi = sent.loc[sent["chi"].isin(now["chi_number"]), "chi"]
    linked = pd.concat([by_chi, by_facts])
    day = pd.concat([died, client_died])
    return present_chi, linked[~linked.index.duplicated()], pd.Series(days_of(day), day.index)


def main(data: Path, out: Path, period: str) -> None:
    """Write the pence of every person, agency, service and month."""
    key = (data / "secure" / "pseudonym.key").read_bytes()
    periods = sorted({f.stem[:7] for f in (data / "landing").glob("*/*/*.csv") if f.parts[-2] != "budget"})
    first, last = np.array([periods[0], period], "datetime64[M]").astype(int).tolist()
    present_chi, linked, died = people(data, period)
    records = pd.concat([records_of(feed, data, period) for feed in FACTS], ignore_index=True)
    costed = bounded(records, data, died, int(first_of(np.array([last + 1]))[0]))
    lines = with_direct_cost(by_month(costed, first), data)
    lines = lines[lines["month"].between(first, last)].reset_index(drop=True)
    client = lines["agency"] + ":" + lines["client"]
    chi = lines["chi"].map(present_chi).astype("str").fillna(lines["chi"]).fillna(client.map(linked))
    lines["person"] = ("chi:" + chi).fillna("client:" + client)
    costs = with_residual(lines, data, quantum_of(data, period, range(first, last + 1)), key)
    costs = costs.groupby(["person", *CELL], dropna=False)["pence"].sum().reset_index()
    known = costs["person"].dropna().unique()
    ids = [base64.b32encode(hmac.digest(key, person.encode(), "sha256")[:20]).decode().lower() for person in known]
    costs["person"] = costs["person"].map(dict(zip(known, ("p" + one for one in ids), strict=True)))
    costs["month"] = first_of(costs["month"].to_numpy()).astype("datetime64[D]")
    out.mkdir(parents=True)
    costs.rename(columns={"person": "person_id"}).to_parquet(out / "costs.parquet", compression="zstd", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
