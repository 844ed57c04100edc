"""What the agencies' accounts say each month: true cost and overhead, services without records, transfers; their budgets.

Belongs here: amounts by cost code. Does not belong here: what the codes mean (`reference.py`).
"""

import numpy as np

from pipelines.synth import reference as ref
from pipelines.synth.activity import World
from pipelines.synth.draws import FIRST_MONTH, Ints, Month, generator
from pipelines.synth.geography import COUNCILS
from pipelines.synth.people import council_size
from pipelines.synth.sheet import Sheet, money_text, same, texts

Totals = dict[tuple[str, str, Month], int]
"""True pence by agency, service and month."""

_LEDGER_ONLY: dict[str, dict[str, int]] = {
    ref.NHS: {
        "gp_services": 74_900_000, "dental_services": 28_800_000, "health_visiting": 9_200_000, "allied_health": 21_700_000,
    },
    "angus": {"supported_accommodation": 17_800_000, "assessment": 7_700_000},
    "dundee-city": {"supported_accommodation": 33_500_000, "assessment": 11_200_000},
    "perth-kinross": {"supported_accommodation": 20_300_000, "assessment": 8_900_000},
}  # fmt: skip
"""Pounds a year at the real size."""
_RESOURCE_TRANSFER = {"angus": 12_100_000, "dundee-city": 18_700_000, "perth-kinross": 14_300_000}
_PASSED_THROUGH = {"angus": 48_000_000, "dundee-city": 71_000_000, "perth-kinross": 55_000_000}
_CAPITAL = {ref.NHS: 31_000_000, "angus": 2_100_000, "dundee-city": 3_400_000, "perth-kinross": 2_500_000}
_UNKNOWN = {ref.NHS: ("Winter pressures", 1_900_000), "dundee-city": ("New burdens", 420_000)}
_BEHIND, _UPLIFT_MISSING_IN = "dundee-city", 5
_MOVED = 360_000
_BY_CODE = "dundee-city"
"""Who budgets by ledger code; the others by service."""
_BY_COUNCIL = ("community_nursing", "gp_services")
"""What the board budgets for each partnership."""
_BY_LOCALITY = ("home_care_personal", "supported_accommodation")
"""What the councils but one budget for each locality."""
_OVERHEAD = (0.035, 0.115)
_WITH_VAT = ("angus", "sds_direct_payment")
"""Its records are `mess.LEFT_CLEAN`."""
_VAT_RULE = "a ledger that is its records with VAT at 20 % is named"
_SENDS_YEAR, _YEAR_SENT = "perth-kinross", 2
"""Who once sends the year to date, and in which of the world's months, from 0."""
_SHARES = np.array([0.31, 0.62, 0.07])
Row = tuple[str, str, int]
"""Cost code, account name, pence."""


def agency_size(world: World, agency: str) -> float:
    """How large this world's agency is beside the real one."""
    if agency == ref.NHS:
        return world.people.count / sum(c.people for c in COUNCILS)
    return council_size(world.people, ref.COUNCIL_AGENCIES.index(agency))


def ledger(world: World, agency: str, month: Month, totals: Totals, mess: str) -> Sheet:
    """The agency's ledger file of the month. At heavy mess one agency once sends the year to date."""
    rows, whole = _of_month(world, agency, month, totals, mess), []
    if mess == "heavy" and agency == _SENDS_YEAR and world.months.index(month) == _YEAR_SENT and month.number != FIRST_MONTH:
        rows = _year_to_date(world, agency, month, totals, mess)
        whole = [("", "ledger_to_date", "warning", "a ledger from April to date instead of for its month is named")]
    pence_column: Ints = np.array([pence for _, _, pence in rows], np.int64)
    vat = [ref.cost_code(*_WITH_VAT, i) for i in range(len(ref.ACCOUNTS))] if mess == "heavy" and agency == _WITH_VAT[0] else []
    noted = [(i, "vat_in_ledger", "warning", _VAT_RULE) for i, (code, _, _) in enumerate(rows) if code in vat]
    columns = {
        "cost_code": texts([code for code, _, _ in rows]),
        "account_name": texts([name for _, name, _ in rows]),
        "month": same(month.first_day, len(rows)),
        "amount": money_text(pence_column),
    }
    return Sheet(agency, "ledger", month.period, columns, noted, whole)


def _of_month(world: World, agency: str, month: Month, totals: Totals, mess: str) -> list[Row]:
    """Code by code. At heavy mess one service has VAT in the ledger, and its records have none."""
    rng = generator(world.seed, f"{agency} ledger", month)
    rows: list[Row] = []
    for service in ref.services_of(agency):
        true = totals.get((agency, service, month), 0)
        pence = _with_overhead(world, agency, service, month, true) if true else _ledger_only(world, agency, service, rng)
        if mess == "heavy" and (agency, service) == _WITH_VAT:
            pence = round(true * 6 / 5)
        rows += _by_account(agency, service, pence) if pence else []
    return rows + _special(world, agency, month, mess)


def _year_to_date(world: World, agency: str, month: Month, totals: Totals, mess: str) -> list[Row]:
    """The sums from April on; months before the world's first are taken to be as that one."""
    sums: dict[tuple[str, str], int] = {}
    for back in range((month.number - FIRST_MONTH) % 12, -1, -1):
        for code, name, pence in _of_month(world, agency, max(month.plus(-back), world.months[0]), totals, mess):
            sums[code, name] = sums.get((code, name), 0) + pence
    return [(code, name, pence) for (code, name), pence in sums.items()]


def budget(world: World, agency: str, month: Month, totals: Totals) -> Sheet:
    """What the agency means to spend from the month to March: about what the month cost, in whole pounds."""
    ahead = [month.plus(n) for n in range(12) if month.plus(n).financial_year == month.financial_year]
    rows: list[tuple[str, str, str, str, int, str]] = []
    for service in ref.services_of(agency):
        rng = generator(world.seed, f"{agency} {service} budget", month)
        true = totals.get((agency, service, month), 0)
        now = _with_overhead(world, agency, service, month, true) if true else _ledger_only(world, agency, service, rng)
        pounds = round(now / 100 * rng.uniform(0.94, 1.05))
        for later in ahead if pounds else []:
            rows += [(*part, later.first_day) for part in _budgeted(agency, service, pounds)]
    names = ("service", "cost_code", "council", "locality", "amount", "month")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    amounts: Ints = np.array([100 * pounds for pounds in columns["amount"]], np.int64)
    order = ("service", "cost_code", "month", "amount", "council", "locality")
    written = {name: money_text(amounts) if name == "amount" else texts([str(t) for t in columns[name]]) for name in order}
    return Sheet(agency, "budget", month.period, written)


def _budgeted(agency: str, service: str, pounds: int) -> list[tuple[str, str, str, str, int]]:
    """Service, code, council, locality and pounds: in one sum, or as the agency divides it."""
    if agency == ref.NHS and service in _BY_COUNCIL:
        people = sum(c.people for c in COUNCILS)
        return [(service, "", c.code, "", pounds * c.people // people) for c in COUNCILS]
    if agency == _BY_CODE:
        return [("", ref.cost_code(agency, service), "", "", pounds)]
    if agency != ref.NHS and service in _BY_LOCALITY:
        here = COUNCILS[ref.COUNCIL_AGENCIES.index(agency)]
        return [(service, "", here.code, place, pounds // len(here.localities)) for place in here.localities]
    return [(service, "", "", "", pounds)]


def _with_overhead(world: World, agency: str, service: str, month: Month, true: int) -> int:
    """A service's overhead is nearly the same every month, and between 3 and 12 per cent."""
    usual = generator(world.seed, f"{agency} {service} overhead").uniform(*_OVERHEAD)
    wobble = generator(world.seed, f"{agency} {service} overhead", month).uniform(-0.004, 0.004)
    return round(true * (1 + usual + wobble))


def _ledger_only(world: World, agency: str, service: str, rng: np.random.Generator) -> int:
    yearly = _LEDGER_ONLY[agency].get(service, 0)
    return round(yearly * 100 / 12 * agency_size(world, agency) * rng.uniform(0.97, 1.03))


def _by_account(agency: str, service: str, pence: int) -> list[Row]:
    """Staff, providers, supplies: together the amount to the penny."""
    parts = [int(p) for p in np.floor(_SHARES * pence)]
    parts[1] += pence - sum(parts)
    return [(ref.cost_code(agency, service, i), ref.account_name(service, i), part) for i, part in enumerate(parts)]


def _special(world: World, agency: str, month: Month, mess: str) -> list[Row]:
    rows: list[Row] = []
    if agency == ref.NHS:
        for council in ref.COUNCIL_AGENCIES:
            transfer = _monthly(world, council, _RESOURCE_TRANSFER[council])
            rows.append((ref.transfer_code(agency, council), f"Resource transfer: {council}", transfer))
        passed = sum(_monthly(world, council, _PASSED_THROUGH[council]) for council in ref.COUNCIL_AGENCIES)
        rows.append(_row(agency, ref.PASS_THROUGH, passed))
    else:
        rows.append((ref.moved_code(agency), "Fieldwork and support", _monthly(world, agency, _MOVED)))
        transfer = _monthly(world, agency, _RESOURCE_TRANSFER[agency])
        # One council books the year's uplift a month late.
        short = transfer // 50 if mess != "none" and agency == _BEHIND and month.number == _UPLIFT_MISSING_IN else 0
        rows.append(_row(agency, ref.TRANSFER, short - transfer))
        rows.append(_row(agency, ref.PASS_THROUGH, -_monthly(world, agency, _PASSED_THROUGH[agency])))
    rows.append(_row(agency, ref.CAPITAL, _monthly(world, agency, _CAPITAL[agency])))
    if mess != "none" and agency in _UNKNOWN:
        name, yearly = _UNKNOWN[agency]
        rows.append((ref.special_code(agency, ref.UNKNOWN), name, _monthly(world, agency, yearly)))
    return rows


def _monthly(world: World, agency: str, yearly: int) -> int:
    return round(yearly * 100 / 12 * agency_size(world, agency))


def _row(agency: str, code: str, pence: int) -> Row:
    return ref.special_code(agency, code), ref.SPECIAL_ACCOUNTS[code][0], pence
