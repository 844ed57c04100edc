"""Reference tables that would double, drop or misplace pounds are refused when they are loaded, by name."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.engine.errors import IrfError
from pipelines.engine.paths import DataRoot
from pipelines.ingest.reference import load_reference, reference_file
from schemas.feeds import FEEDS

AGENCIES = "agency,name,kind,code,sending_location,valid_from,valid_to"
RULES = "agency,service,method,residual,band_low,band_high,population_weight"
SERVICES = "service,name,sector,setting,programme,unit"
CODES = "agency,cost_code,valid_from,valid_to,service,treatment,reason"
PRICES = "series,vintage,year,rate"
POPULATION = "Year,DataZone,Sex,Age,Population"
BY_KIND = {
    kind: sorted({service for feed in FEEDS.values() if feed.kind == kind for service in feed.services})
    for kind in ("nhs_board", "council")
}
GOOD: dict[str, list[str]] = {
    "agencies": [
        AGENCIES,
        "board,A board,nhs_board,S08000030,,,",
        # One agency whose code changed: one row for each code, on different days.
        "town,A council,council,S12000024,340,1996-04-01,2018-02-01",
        "town,A council,council,S12000048,340,2018-02-02,",
    ],
    "services": [SERVICES, *(f"{s},A service,nhs,community,,day" for names in BY_KIND.values() for s in names), "meals,Meals,social_care,community,,payment", "day_care,Day care,social_care,community,,payment"],
    "costing_rules": [
        RULES,
        *(f"board,{s},ledger,hold,,," for s in BY_KIND["nhs_board"]),
        *(f"town,{s},ledger,hold,,," for s in BY_KIND["council"]),
        "town,meals,payments,scale,0.8,1.25,all", "town,day_care,payments,scale,0.8,1.25,all",
    ],
    "cost_code_map": [CODES, "town,100,,2025-03-31,meals,cost,", "town,100,2025-04-01,,day_care,cost,", "town,900,,,,exclude,"],
    "unit_costs": ["financial_year,agency,service,specialty_code,location_code,variant,unit_cost,price_base,source"],
    "expected_feeds": ["agency,feed,required,due_day,valid_from,valid_to", "town,ledger,Y,15,,"],
    "admission_types": ["admission_type_code,admission", "30,emergency"],
    "data_zones": ["DataZone,CA,HSCP,HB", "S01000001,S12000024,S37000023,S08000030"],
    "localities": ["DataZone,SubHSCPName", "S01000001,North"],
    "simd": ["DataZone,SIMD2020V2Rank,SIMD2020V2CountryQuintile", "S01000001,1,1"],
    "population": [POPULATION, "2021,S01000001,Male,0,5", "2021,S01000001,Female,90,5", "2021,S01000001,All,All,10"],
    "postcodes": ["Postcode,DateOfIntroduction,DateOfDeletion,DataZone2011Code", "DD1 1AA,1990-01-01,,S01000001"],
    "code_history": ["kind,old_code,new_code,changed_on", "council,S12000024,S12000048,2018-02-02", "partnership,S37000023,S37000033,2018-02-02"],
}  # fmt: skip


def load(folder: Path, **changed: list[str]) -> DataRoot:
    """Load the good tables with some of them changed."""
    root = DataRoot(folder)
    root.prepare()
    for name, lines in {**GOOD, **changed}.items():
        (root.folder("reference") / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    load_reference(root)
    return root


def test_good_tables_load(tmp_path: Path) -> None:
    root = load(tmp_path)
    assert all(reference_file(root, name).is_file() for name in GOOD)


def test_what_may_be_left_out_is_blank_and_what_is_given_is_read(tmp_path: Path) -> None:
    without_it = load(tmp_path / "without")
    assert pq.read_table(reference_file(without_it, "cost_code_map"))["counterpart"].null_count == 3
    assert pq.read_table(reference_file(without_it, "price_index")).num_rows == 0
    index = [PRICES, "d,v,2024-25,", "d,v,2025-26,0.0275", "d,w,2025-26,"]
    codes = [f"{CODES},counterpart", "town,1,,2025-03-31,,eliminate,passed,board", "town,1,2025-04-01,,,eliminate,passed,board"]
    given = load(tmp_path / "with", price_index=index, cost_code_map=codes)
    assert pq.read_table(reference_file(given, "cost_code_map"))["counterpart"].to_pylist() == ["board", "board"]
    assert [str(rate) for rate in pq.read_table(reference_file(given, "price_index"))["rate"].to_pylist()] == [
        "None",
        "0.0275",
        "None",
    ]


def without(table: str, start: str) -> list[str]:
    """The good lines of a table but those that start so."""
    kept = [line for line in GOOD[table] if not line.startswith(start)]
    assert len(kept) < len(GOOD[table])
    return kept


BAD: list[tuple[dict[str, list[str]], str]] = [
    ({"costing_rules": [*GOOD["costing_rules"], "town,meals,rate,hold,,,"]}, "two rules for one service: town, meals"),
    ({"costing_rules": [*GOOD["costing_rules"], "town,magic,rate,hold,,,"]}, "costing_rules.csv: no such service: town, magic"),
    # Records of a service without a rule would fall out of the costing.
    ({"costing_rules": without("costing_rules", "board,acute_other,")}, "no rule for a service .*: board, acute_other, acute"),
    ({"costing_rules": without("costing_rules", "town,care_home_respite,")}, "no rule for .*: town, care_home_respite, care_home"),
    ({"cost_code_map": [CODES, "town,1,,,magic,cost,"]}, "cost_code_map.csv: no such service: town, 1, magic"),
    ({"cost_code_map": [CODES, "board,1,,,meals,cost,"]}, "service without a costing rule .*: board, meals"),
    # A day that two mappings cover, with the same service or another, and a row that stands there twice.
    ({"cost_code_map": [CODES, "town,1,,2025-04-01,meals,cost,", "town,1,2025-04-01,,meals,exclude,"]}, "two mappings on one day: town, 1"),
    ({"cost_code_map": [CODES, "town,1,,,meals,cost,", "town,1,2025-04-01,2025-04-30,meals,cost,"]}, "two mappings on one day: town, 1"),
    ({"cost_code_map": [CODES, "town,1,,,meals,cost,", "town,1,,,meals,cost,the same again"]}, "two mappings on one day: town, 1"),
    # Days that none of a code's mappings covers, and a mapping that covers none.
    ({"cost_code_map": [CODES, "town,1,,2025-03-31,meals,cost,", "town,1,2025-04-03,,day_care,cost,"]}, "days without a mapping .*: town, 1, 2025-04-01, 2025-04-02"),
    ({"cost_code_map": [CODES, "town,1,2025-04-01,2025-03-31,meals,cost,"]}, "ends before it begins: town, 1"),
    ({"cost_code_map": [f"{CODES},counterpart", "town,1,,,,eliminate,passed,village"]}, "counterpart that is no other agency, .*: town, 1, village"),
    ({"cost_code_map": [f"{CODES},counterpart", "town,1,,,,eliminate,passed,town"]}, "counterpart that is no other agency, .*: town, 1, town"),
    ({"cost_code_map": [f"{CODES},counterpart", "town,1,,,meals,cost,passed,board"]}, "counterpart .* of what is not eliminated: town, 1, board"),
    ({"unit_costs": [*GOOD["unit_costs"], "2025-26,,meals,,,,5.00,,", "2025-26,,meals,,,,6.00,,"]}, "unit_costs.csv: two prices for the same: 2025-26, meals"),
    ({"price_index": [PRICES, "d,v,2024-25,", "d,v,2024-25,0.02"]}, "price_index.csv: two rates for one year: d, v, 2024-25"),
    ({"price_index": [PRICES, "d,v,2023-24,", "d,v,2025-26,0.02"]}, "price_index.csv: years do not follow one another: d, v, 2025-26"),
    ({"price_index": [PRICES, "d,v,2024-26,"]}, "price_index.csv: years do not follow one another: d, v, 2024-26"),
    ({"price_index": [PRICES, "d,v,2025,"]}, "price_index.csv: .* column year"),
    ({"price_index": [PRICES, "d,v,2024-25,", "d,v,2025-26,2.5"]}, "price_index.csv: no rate, or one .*: d, v, 2025-26"),
    ({"price_index": [PRICES, "d,v,2024-25,", "d,v,2025-26,"]}, "price_index.csv: no rate, or one .*: d, v, 2025-26"),
    # Two rows of one agency on one day, or of two kinds: its residuals would be spread twice.
    ({"agencies": [*GOOD["agencies"], "town,A council,council,S12000048,340,,"]}, "agencies.csv: two rows .* one day: town"),
    ({"agencies": [AGENCIES, "board,A board,nhs_board,S1,,,2018-03-31", "board,A board,council,S2,,2018-04-01,"]}, "agencies.csv: two kinds of agency: board"),
    # An agency known by its old code only would have no zone and no resident.
    ({"agencies": without("agencies", "town,A council,council,S12000048")}, "agencies.csv: the code was replaced .*: town, S12000024"),
    ({"code_history": [*GOOD["code_history"], "council,S12000024,S12000049,2019-04-01"]}, "two codes after one: council, S12000024"),
    ({"code_history": [*GOOD["code_history"], "council,S12000024,S12000048,2018-02-02"]}, "two codes after one: council, S12000024"),
    ({"population": [POPULATION, "2021,S01000001,Men,0,5"]}, "population.csv: .* column Sex"),
    ({"population": [POPULATION, "2021,S01000001,Male,90+,5"]}, "population.csv: .* column Age"),
    ({"population": [*GOOD["population"], "2021,S01000001,Male,0,7"]}, "population.csv: two rows for the same people: 2021, S01000001, Male, 0"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "message"), BAD, ids=lambda x: x if isinstance(x, str) else "-".join(x))
def test_a_table_that_would_lose_or_double_pounds_is_refused(
    tmp_path: Path, changed: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(IrfError, match=message):
        load(tmp_path, **changed)
