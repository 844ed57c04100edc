"""The reference tables that go with the world: declared ones copied, generated ones written.

Belongs here: services, rates, cost codes and their mapping. Does not belong here: amounts in ledgers (`ledger.py`).
Rates are invented within the orders of magnitude of public figures.
"""

import csv
import shutil
from pathlib import Path

import numpy as np

from pipelines.engine.shipped import shipped
from pipelines.synth.draws import Flags, Month
from pipelines.synth.geography import Geography, postcode_directory
from schemas.analysis_codes import Scope

DECLARED = shipped("pipelines.synth") / "declared"
"""The tables that come with the software, which are `data/reference` of the repository."""
BASE_YEAR = 2025
YEARS_BEFORE = 6
NHS = "nhs-tayside"
COUNCIL_AGENCIES = ("angus", "dundee-city", "perth-kinross")
AGENCIES = (NHS, *COUNCIL_AGENCIES)

_DECLARED_SERVICES = {
    row["service"]: row for row in csv.DictReader((DECLARED / "services.csv").read_text(encoding="utf-8").splitlines())
}
SERVICES = tuple(_DECLARED_SERVICES)
SERVICE = {name: number for number, name in enumerate(SERVICES)}

OUTPATIENT_SPECIALTIES = ("A1", "A2", "AB", "A8", "AD", "C1", "C8", "C5", "C7", "F2", "R1")
_SPECIALTY_PENCE = {"A1": 214_00, "A2": 231_00, "AB": 243_00, "A8": 187_00, "C1": 176_00, "C8": 168_00, "C7": 142_00, "F2": 198_00}  # fmt: skip
_OTHER_SPECIALTY_PENCE = 182_00
_EMERGENCY_PENCE = {"T101H": 246_00, "": 221_00}
CONTACT_PENCE = {
    "gp_out_of_hours": {"HOME VISIT": 146_00, "PCEC/PCC": 88_00, "DOCTOR ADVICE/NURSE ADVICE": 46_00},
    "community_nursing": {"1": 42_00, "2": 16_00},
    "community_mental_health": {"1": 148_00, "2": 54_00},
}
"""What a contact costs by its kind: the national words out of hours; 1 face to face and 2 by telephone elsewhere."""
_COUNCIL_RATES = {
    ("angus", "home_care_personal"): 24_60,
    ("angus", "home_care_non_personal"): 21_90,
    ("angus", "home_care_reablement"): 27_40,
    ("angus", "care_home_residential"): 798_40,
    ("angus", "care_home_nursing"): 931_20,
    ("angus", "care_home_respite"): 842_00,
    ("angus", "telecare"): 22_40,
    ("dundee-city", "telecare"): 25_10,
    ("perth-kinross", "telecare"): 25_60,
    ("perth-kinross", "care_home_residential"): 811_70,
    ("perth-kinross", "care_home_nursing"): 944_90,
    ("perth-kinross", "care_home_respite"): 861_50,
}
UnitCost = tuple[str, str, str, str, str, int]
"""Agency, service, specialty, location, variant, pence in the base year."""
_UNIT_COSTS: tuple[UnitCost, ...] = (
    *((NHS, "outpatient", specialty, "", "", pence) for specialty, pence in _SPECIALTY_PENCE.items()),
    (NHS, "outpatient", "", "", "", _OTHER_SPECIALTY_PENCE),
    *((NHS, "emergency", "", location, "", pence) for location, pence in _EMERGENCY_PENCE.items()),
    *((NHS, service, "", "", kind, pence) for service, kinds in CONTACT_PENCE.items() for kind, pence in kinds.items()),
    *((NHS, service, "", "", "", next(iter(kinds.values()))) for service, kinds in CONTACT_PENCE.items()),
    *((agency, service, "", "", "", pence) for (agency, service), pence in _COUNCIL_RATES.items()),
)
ACCOUNTS = ("staff", "providers", "supplies")
"""What the codes of a service are called; a council's payments carry its `providers` code."""
_NHS_SERVICES = SERVICES[: SERVICES.index("home_care_personal")]
_CARE_SERVICES = SERVICES[SERVICES.index("home_care_personal") : SERVICES.index("unmapped")]
_NO_LEDGER = ("outpatient_dna", "delayed_discharge")
TRANSFER, PASS_THROUGH, CAPITAL, UNKNOWN = "9100", "9200", "9300", "9900"
SPECIAL_ACCOUNTS = {
    TRANSFER: ("Resource transfer", "eliminate", "resource transfer: also in the other partner's ledger"),
    PASS_THROUGH: ("Integration joint board pass-through", "eliminate", "passed through the integration joint board"),
    CAPITAL: ("Capital charges", "exclude", "not a cost of care in the month"),
}


def in_year(pence: int, financial_year: int) -> int:
    """A base-year rate in another year's prices."""
    return round(pence * 1.035 ** (financial_year - BASE_YEAR))


def outpatient_pence(specialty: str, financial_year: int) -> int:
    """What an attendance costs."""
    return in_year(_SPECIALTY_PENCE.get(specialty, _OTHER_SPECIALTY_PENCE), financial_year)


def emergency_pence(location: str, financial_year: int) -> int:
    """What an attendance at a department costs."""
    return in_year(_EMERGENCY_PENCE.get(location, _EMERGENCY_PENCE[""]), financial_year)


def contact_pence(service: str, kind: str, financial_year: int) -> int:
    """What a contact of a kind costs."""
    return in_year(CONTACT_PENCE[service][kind], financial_year)


def council_pence(agency: str, service: str, financial_year: int) -> int:
    """What an hour, a week or an item's month costs a council that is costed by rate."""
    return in_year(_COUNCIL_RATES[(agency, service)], financial_year)


def services_of(agency: str) -> tuple[str, ...]:
    """The services in an agency's ledger."""
    return tuple(s for s in (_NHS_SERVICES if agency == NHS else _CARE_SERVICES) if s not in _NO_LEDGER)


def services_in(scope: Scope) -> Flags:
    """By service number, whether a service is within a scope."""
    return np.array([scope in (Scope.ALL, row["sector"], row["setting"]) for row in _DECLARED_SERVICES.values()])


def cost_code(agency: str, service: str, account: int = 1) -> str:
    """An agency's ledger code for a service. Councils use the same numbers for different services."""
    services = services_of(agency)
    turned = (services.index(service) + 5 * AGENCIES.index(agency)) % len(services)
    return f"{1000 + 50 * turned + 10 * account}" if agency != NHS else f"T{2000 + 50 * turned + 10 * account}"


def special_code(agency: str, code: str) -> str:
    """An agency's code that belongs to no service."""
    return f"T{code}" if agency == NHS else code


def account_name(service: str, account: int) -> str:
    """What a ledger calls the code."""
    return f"{_DECLARED_SERVICES[service]['name']} ({ACCOUNTS[account]})"


def moved_code(agency: str) -> str:
    """A code that is `assessment` up to the end of a financial year and `supported_accommodation` after it."""
    return special_code(agency, "8050")


def transfer_code(agency: str, council: str) -> str:
    """The code of resource transfer: the board has one for each council, which has one of its own."""
    return special_code(agency, f"{int(TRANSFER) + COUNCIL_AGENCIES.index(council) + 1}" if agency == NHS else TRANSFER)


def write_reference(folder: Path, geography: Geography, months: list[Month]) -> None:
    """Every table of `reference/`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("agencies", "services", "costing_rules", "expected_feeds", "admission_types", "code_history"):
        if folder.resolve() != DECLARED.resolve():
            shutil.copyfile(DECLARED / f"{name}.csv", folder / f"{name}.csv")
    for name, content in geography.files.items():
        (folder / f"{name}.csv").write_bytes(content)
    (folder / "postcodes.csv").write_bytes(postcode_directory(geography))
    _write(folder / "cost_code_map.csv", _cost_code_map(months))
    _write(folder / "unit_costs.csv", _unit_costs(months))
    _write(folder / "price_index.csv", _price_index(months))


def _cost_code_map(months: list[Month]) -> list[list[str]]:
    rows = [["agency", "cost_code", "valid_from", "valid_to", "service", "treatment", "reason", "counterpart"]]
    for agency in AGENCIES:
        for service in services_of(agency):
            rows += [[agency, cost_code(agency, service, i), "", "", service, "cost", "", ""] for i in range(len(ACCOUNTS))]
        for code, (_, treatment, reason) in SPECIAL_ACCOUNTS.items():
            if code != TRANSFER:
                rows.append([agency, special_code(agency, code), "", "", "", treatment, reason, ""])
    for council in COUNCIL_AGENCIES:
        for agency, other in ((NHS, council), (council, NHS)):
            rows.append([agency, transfer_code(agency, council), "", "", "", *SPECIAL_ACCOUNTS[TRANSFER][1:], other])
    april = months[0].financial_year + 1
    for agency in COUNCIL_AGENCIES:
        code = moved_code(agency)
        rows.append([agency, code, "", f"{april}-03-31", "assessment", "cost", "moved service in April", ""])
        rows.append([agency, code, f"{april}-04-01", "", "supported_accommodation", "cost", "moved service in April", ""])
    return rows


def _unit_costs(months: list[Month]) -> list[list[str]]:
    header = "financial_year,agency,service,specialty_code,location_code,variant,unit_cost,price_base,source"
    rows = [header.split(",")]
    for year in range(months[0].financial_year - YEARS_BEFORE, months[-1].financial_year + 1):
        label = f"{year}-{(year + 1) % 100:02d}"
        for agency, service, specialty, location, variant, base in _UNIT_COSTS:
            pence = in_year(base, year)
            cost = f"{pence // 100}.{pence % 100:02d}"
            rows.append([label, agency, service, specialty, location, variant, cost, label, "synthetic"])
    return rows


def _price_index(months: list[Month]) -> list[list[str]]:
    """An invented index in two vintages: the later one knows the latest years better."""
    rows = [["series", "vintage", "year", "rate"]]
    for vintage, latest in (("2025-03", "0.0240"), ("2025-10", "0.0271")):
        for n, year in enumerate(range(months[0].financial_year - YEARS_BEFORE, months[-1].financial_year + 1)):
            rate = "" if n == 0 else latest if n >= YEARS_BEFORE else f"0.0{180 + 37 * n % 90}"
            rows.append(["demo_deflator", vintage, f"{year}-{(year + 1) % 100:02d}", rate])
    return rows


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
