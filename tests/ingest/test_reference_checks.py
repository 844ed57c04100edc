"""Reference tables that would double, drop or misplace pounds are refused when they are loaded, by name."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.engine.database import open_database
from pipelines.engine.errors import IrfError
from pipelines.ingest.reference import load_reference, typed_table
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.work import Work
from schemas.feeds import FEEDS
from schemas.reference import REFERENCE
from tests import REPOSITORY

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


def load(folder: Path, **changed: list[str]) -> Work:
    """Load the good tables with some of them changed; the board sends its hospital stays, the town its care homes."""
    root = DataRoot(folder)
    root.prepare()
    for sent in ("board/acute", "town/care_home"):
        (root.folder("landing") / sent).mkdir(parents=True)
        (root.folder("landing") / sent / "2025-04.csv").touch()
    for name, lines in {**GOOD, **changed}.items():
        (root.folder("reference") / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    work = Work(root, "2025-04")
    load_reference(work)
    return work


def test_good_tables_load(tmp_path: Path) -> None:
    root = load(tmp_path)
    assert all(root.reference(name).is_file() for name in GOOD)


def test_what_may_be_left_out_is_blank_and_what_is_given_is_read(tmp_path: Path) -> None:
    without_it = load(tmp_path / "without")
    assert pq.read_table(without_it.reference("cost_code_map"))["counterpart"].null_count == 3
    assert pq.read_table(without_it.reference("price_index")).num_rows == 0
    index = [PRICES, "d,v,2024-25,", "d,v,2025-26,0.0275", "d,w,2025-26,"]
    codes = [f"{CODES},counterpart", "town,1,,2025-03-31,,eliminate,passed,board", "town,1,2025-04-01,,,eliminate,passed,board"]
    given = load(tmp_path / "with", price_index=index, cost_code_map=codes)
    assert pq.read_table(given.reference("cost_code_map"))["counterpart"].to_pylist() == ["board", "board"]
    assert [str(rate) for rate in pq.read_table(given.reference("price_index"))["rate"].to_pylist()] == [
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
    ({"costing_rules": [*GOOD["costing_rules"], "town,magic,rate,hold,,,"]}, r"costing_rules.csv: row \d+, column service: no such service: found magic, expected one of the 28 in services.csv$"),
    # Records of a service without a rule would fall out of the costing.
    ({"costing_rules": without("costing_rules", "board,acute_other,")}, "no rule for a service .*: board, acute_other, acute"),
    ({"costing_rules": without("costing_rules", "town,care_home_respite,")}, "no rule for .*: town, care_home_respite, care_home"),
    ({"cost_code_map": [CODES, "town,1,,,magic,cost,"]}, "cost_code_map.csv: row 2, column service: no such service: found magic"),
    ({"cost_code_map": [CODES, "board,1,,,meals,cost,"]}, "service without a costing rule .*: board, meals, row 2"),
    # A day that two mappings cover, with the same service or another, and a row that stands there twice.
    ({"cost_code_map": [CODES, "town,1,,2025-04-01,meals,cost,", "town,1,2025-04-01,,meals,exclude,"]}, "two mappings on one day: town, 1"),
    ({"cost_code_map": [CODES, "town,1,,,meals,cost,", "town,1,2025-04-01,2025-04-30,meals,cost,"]}, "two mappings on one day: town, 1"),
    ({"cost_code_map": [CODES, "town,1,,,meals,cost,", "town,1,,,meals,cost,the same again"]}, "two mappings on one day: town, 1"),
    # A mapping that covers no day.
    ({"cost_code_map": [CODES, "town,1,2025-04-01,2025-03-31,meals,cost,"]}, "row 2, column valid_to: found 2025-03-31 beside valid_from 2025-04-01, expected that day or a later one"),
    ({"cost_code_map": [f"{CODES},counterpart", "town,1,,,,eliminate,passed,village"]}, "row 2, column counterpart: no such agency: found village, expected one of board, town$"),
    ({"cost_code_map": [f"{CODES},counterpart", "town,1,,,,eliminate,passed,town"]}, "row 2, column counterpart: found town beside agency town, expected another agency"),
    ({"cost_code_map": [f"{CODES},counterpart", "town,1,,,meals,cost,passed,board"]}, "row 2, column counterpart: found board beside treatment cost, expected none but of eliminate"),
    ({"unit_costs": [*GOOD["unit_costs"], "2025-26,,meals,,,,5.00,,", "2025-26,,meals,,,,6.00,,"]}, "unit_costs.csv: two prices for the same: 2025-26, meals"),
    ({"price_index": [PRICES, "d,v,2024-25,", "d,v,2024-25,0.02"]}, "price_index.csv: two rates for one year: d, v, 2024-25"),
    ({"price_index": [PRICES, "d,v,2023-24,", "d,v,2025-26,0.02"]}, "price_index.csv: years do not follow one another: d, v, 2025-26"),
    ({"price_index": [PRICES, "d,v,2024-26,"]}, "price_index.csv: row 2, column year: found 2024-26, expected financial year, as 2025-26"),
    ({"price_index": [PRICES, "d,v,2025,"]}, "price_index.csv: .* column year"),
    ({"price_index": [PRICES, "d,v,2024-25,", "d,v,2025-26,2.5"]}, "price_index.csv: row 3, column rate: found 2.5000, expected -0.2 to 0.5"),
    ({"price_index": [PRICES, "d,v,2024-25,", "d,v,2025-26,"]}, "price_index.csv: no rate, which only the first year may lack: d, v, 2025-26"),
    # Two rows of one agency on one day, or of two kinds: its residuals would be spread twice.
    ({"agencies": [*GOOD["agencies"], "town,A council,council,S12000048,340,,"]}, "agencies.csv: two rows .* one day: town"),
    ({"agencies": [*GOOD["agencies"][:1], *GOOD["agencies"][2:], "board,A board,nhs_board,S08000030,,,2018-03-31", "board,A board,council,S12000048,,2018-04-01,"]}, "agencies.csv: two kinds of agency: board"),
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


def test_a_feed_that_an_agency_does_not_send_needs_no_costing_rule_and_a_code_may_rest_between_two_mappings(
    tmp_path: Path,
) -> None:
    for service in ("home_care_reablement", "telecare"):
        assert any(line.startswith(f"town,{service},") for line in GOOD["costing_rules"])
    rules = [line for line in GOOD["costing_rules"] if not line.startswith(("town,home_care", "town,telecare", "town,sds_"))]
    rests = [CODES, "town,1,,2025-03-31,meals,cost,", "town,1,2025-04-03,,day_care,cost,"]
    load(tmp_path, costing_rules=rules, cost_code_map=rests)


# ---- what spreadsheets do to tables ----


def load_bytes(folder: Path, name: str, content: bytes) -> Work:
    """Load the good tables, one of them as a spreadsheet saved it."""
    root = DataRoot(folder)
    root.prepare()
    for table, lines in GOOD.items():
        (root.folder("reference") / f"{table}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (root.folder("reference") / f"{name}.csv").write_bytes(content)
    work = Work(root, "2025-04")
    load_reference(work)
    return work


AS_SAVED = [
    "agency,cost_code,valid_from,valid_to,service,treatment,reason,",
    "town,00100,,31/03/2025,meals,cost,,",
    'town,"=""00100""",45748,,day_care,cost,,',
    "town,900.0,01-Apr-24,,,exclude,,a note of somebody's",
    ",,,,,,,",
    ",,,,,,,,,,",
    "",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path: Path, encoding: str, separator: str) -> None:
    text = "\r\n".join(AS_SAVED).replace(",", separator)
    root = load_bytes(tmp_path, "cost_code_map", text.encode(encoding))
    rows = pq.read_table(root.reference("cost_code_map")).to_pylist()
    assert [(row["cost_code"], str(row["valid_from"]), str(row["valid_to"])) for row in rows] == [
        ("00100", "None", "2025-03-31"),
        ("00100", "2025-04-01", "None"),
        ("900", "2024-04-01", "None"),
    ]


def test_numbers_as_spreadsheets_show_them_are_read(tmp_path: Path) -> None:
    rules = [*GOOD["costing_rules"][:-1], 'town,day_care,payments,scale,80%,"125 %",all']
    prices = [*GOOD["unit_costs"], '2025-26,,meals,,,,"£1,234.50",,']
    people = [POPULATION, '2021,S01000001,Male,0,"1,234"', "2021,S01000001,Female,0,5.00"]
    root = load(tmp_path, costing_rules=rules, unit_costs=prices, population=people)
    rule = pq.read_table(root.reference("costing_rules")).to_pylist()[-1]
    assert (str(rule["band_low"]), str(rule["band_high"])) == ("0.8000", "1.2500")
    assert str(pq.read_table(root.reference("unit_costs"))["unit_cost"][0]) == "1234.5000"
    assert pq.read_table(root.reference("population"))["Population"].to_pylist() == [1234, 5]


@pytest.mark.parametrize(
    ("table", "line", "message"),
    [
        ("cost_code_map", "town,1.00E+05,,,meals,cost,", "row 5, column cost_code: found 1.00E+05 (a code that a spreadsheet turned to scientific notation), expected the code itself, as text"),
        ("cost_code_map", "town,1,2025-13-01,,meals,cost,", "row 5, column valid_from: found 2025-13-01 (probably a date with day and month swapped), expected a date as 2025-04-01 or 01/04/2025"),
        ("cost_code_map", "town,1,,,meals,costs,", "row 5, column treatment: found costs, expected one of cost, eliminate, exclude"),
        ("cost_code_map", "town,,,,meals,cost,", "row 5, column cost_code: is blank, expected code in the ledger"),
        ("cost_code_map", "town,1,,,meals,cost", "row 5: has not as many fields as the header"),
        ("unit_costs", "Oct-09,,meals,,,,5.00,,", "row 2, column financial_year: found Oct-09, expected financial year, as 2025-26"),
        ("unit_costs", '2025-26,,meals,,,,"12,34",,', "row 2, column unit_cost: found 12,34 (probably a comma for the decimal point; write 12.34), expected a number as 1234.50"),
        ("population", "2021,S01000001,Male,1,many", "row 5, column Population: found many, expected a whole number as 1234"),
        ("simd", "S01000001,2,2", "row 3, column DataZone: S01000001 comes more than once"),
        ("population", "2021,S01000001,1904851231,1,5", "row 5, column Sex: found …, expected one of Male, Female, All"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_by_file_row_column_and_what_is_expected(
    tmp_path: Path, table: str, line: str, message: str
) -> None:
    with pytest.raises(IrfError) as refused:
        load(tmp_path, **{table: [*GOOD[table], line]})
    assert f"reference/{table}.csv: " in str(refused.value)
    assert message in str(refused.value)


FEEDS_OF_A_COUNCIL = "budget, care_home, clients, equipment, home_care, ledger, payments, self_directed_support"
YEAR_WORDS = "expected financial year, as 2025-26: the second year is the one after the first"
NOT_ALLOWED = [
    # A closed list: what is in none would count as something else, or as nothing.
    ("costing_rules", "town,magic,rates,hold,,,", "column method: found rates, expected one of record, rate, payments, ledger"),
    ("costing_rules", "town,magic,rate,spread,,,", "column residual: found spread, expected one of scale, locality, hold"),
    ("costing_rules", "town,magic,rate,scale,,,bananas", "column population_weight: found bananas, expected one of all, 65+, 75+"),
    ("costing_rules", "town,magic,rate,scale,,,65 plus", "column population_weight: found 65 plus, expected one of all, 65+, 75+"),
    ("costing_rules", "town,magic,ledger,locality,,,", "column population_weight: is blank beside residual locality, expected one of all, 65+, 75+"),
    ("services", "magic,Magic,social care,community,,day", "column sector: found social care, expected one of nhs, social_care"),
    ("services", "magic,Magic,nhs,at home,,day", "column setting: found at home, expected one of institutional, community"),
    ("services", "magic,Magic,nhs,community,,days", "column unit: found days, expected one of bed_day, attendance, contact, item, hour, day, week, payment, none"),
    ("agencies", "fife,Fife,board,S08000029,,,", "column kind: found board, expected one of nhs_board, council"),
    ("expected_feeds", "town,clients,yes,,,", "column required: found yes, expected one of Y, N"),
    ("admission_types", "31,urgent", "column admission: found urgent, expected one of elective, emergency, other"),
    ("code_history", "town,S12000001,S12000002,2019-04-01", "column kind: found town, expected one of council, health_board, board, partnership"),
    # A format.
    ("unit_costs", "2025-27,,meals,,,,5.00,,", f"column financial_year: found 2025-27, {YEAR_WORDS}"),
    ("unit_costs", "2025/26,,meals,,,,5.00,,", f"column financial_year: found 2025/26, {YEAR_WORDS}"),
    ("unit_costs", "2025-26,,meals,,,,5.00,2025-27,", f"column price_base: found 2025-27, {YEAR_WORDS}"),
    ("agencies", "fife,Fife,council,S1200047,,,", "column code: found S1200047, expected national code: S08 of a health board, S12 of a council, and six digits"),
    ("agencies", "fife,Fife,council,S08000029,,,", "column code: found S08000029 beside kind council, expected S08… of a nhs_board, S12… of a council"),
    ("code_history", "council,S12000001,S1200002,2019-04-01", "column new_code: found S1200002, expected code now, as S12000048"),
    ("code_history", "council,S08000001,S12000002,2019-04-01", "column old_code: found S08000001 beside kind council, expected S12… of a council, S08… of a health_board, S37… of a partnership"),
    # A bound.
    ("costing_rules", "town,magic,rate,scale,1.25,0.8,all", "column band_high: found 0.8000 beside band_low 1.2500, expected no less than that"),
    ("costing_rules", "town,magic,rate,scale,-0.8,1.25,all", "column band_low: found -0.8000, expected 0 or more"),
    ("unit_costs", "2025-26,,meals,,,,-5.00,,", "column unit_cost: found -5.0000, expected 0 or more"),
    ("expected_feeds", "town,clients,Y,32,,", "column due_day: found 32, expected 1 to 31"),
    ("expected_feeds", "town,clients,Y,0,,", "column due_day: found 0, expected 1 to 31"),
    ("expected_feeds", "town,clients,Y,,2025-04-01,2025-03-31", "column valid_to: found 2025-03-31 beside valid_from 2025-04-01, expected that day or a later one"),
    ("agencies", "fife,Fife,council,S12000047,,2019-01-01,2018-12-31", "column valid_to: found 2018-12-31 beside valid_from 2019-01-01, expected that day or a later one"),
    ("cost_code_map", "town,1,,,,cost,", "column service: is blank beside treatment cost, expected a service"),
    # A name that another table must have.
    ("cost_code_map", "Town,1,,,meals,cost,", "column agency: no such agency: found Town, expected one of board, town"),
    ("cost_code_map", "town,1,,,Meals,cost,", "column service: no such service: found Meals, expected one of the 28 in services.csv (probably meals)"),
    ("costing_rules", "Town,meals,rate,scale,,,all", "column agency: no such agency: found Town, expected one of board, town"),
    ("unit_costs", "2025-26,Town,meals,,,,5.00,,", "column agency: no such agency: found Town, expected one of board, town"),
    ("unit_costs", "2025-26,,home_care,,,,5.00,,", "column service: no such service: found home_care, expected one of the 28 in services.csv"),
    ("expected_feeds", "Town,clients,Y,,,", "column agency: no such agency: found Town, expected one of board, town"),
    ("expected_feeds", "town,client,Y,,,", f"column feed: town sends no such feed: found client, expected one of {FEEDS_OF_A_COUNCIL}"),
    ("expected_feeds", "town,acute,Y,,,", f"column feed: town sends no such feed: found acute, expected one of {FEEDS_OF_A_COUNCIL}"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "line", "message"), NOT_ALLOWED)
def test_what_a_table_may_not_say_is_refused_by_row_column_what_was_found_and_what_is_expected(
    tmp_path: Path, table: str, line: str, message: str
) -> None:
    # Blank rows above it: the row is the one that the spreadsheet shows.
    lines = [*GOOD[table], "", "", line]
    with pytest.raises(IrfError) as refused:
        load(tmp_path, **{table: lines})
    text = str(refused.value)
    assert text.startswith(f"reference/{table}.csv: row {len(lines)}, {message}")
    assert text.endswith(message) or "(probably" in text


OWN_WORDS = [
    ("plausible_bounds", "Homecare,hours,,200", "row 5, column feed: no such feed: found Homecare, expected one of acute, "),
    ("plausible_bounds", "home_care,Hours,,200", "row 5, column column: home_care has no such number with bounds: found Hours, expected one of hours, gross_cost"),
    ("plausible_bounds", "home_care,hours,300,200", "row 5, column high: found 200 beside low 300, expected no less than that"),
    ("plausible_bounds", "deaths,days,,200", "row 5, column feed: deaths has no number with bounds"),
    ("corrections", "C1,Town,clients,2025-04,,sex = 0,drop,,,,why,who,2025-05-01", "row 5 (C1): no such agency: found Town, expected one of board, town"),
    ("corrections", "C1,town,acute,2025-04,,sex = 0,drop,,,,why,who,2025-05-01", f"row 5 (C1): the agency sends no such feed: found acute, expected one of {FEEDS_OF_A_COUNCIL}"),
]  # fmt: skip
HEADERS = {
    "plausible_bounds": "feed,column,low,high",
    "corrections": "correction,agency,feed,first_period,last_period,where,action,column,value,expects,reason,owner,reported_on",
}


@pytest.mark.parametrize(("table", "line", "message"), OWN_WORDS)
def test_tables_that_may_be_absent_are_checked_likewise(tmp_path: Path, table: str, line: str, message: str) -> None:
    with pytest.raises(IrfError) as refused:
        load(tmp_path, **{table: [HEADERS[table], "", "", "", line]})
    assert str(refused.value).startswith(f"reference/{table}.csv: {message}")


def test_two_rows_that_say_different_things_of_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IrfError, match=r"expected_feeds\.csv: two rows for one feed on one day: town, ledger"):
        load(tmp_path, expected_feeds=[*GOOD["expected_feeds"], "town,ledger,N,,,"])
    with pytest.raises(IrfError, match=r"plausible_bounds\.csv: two rows for one column of a feed: home_care, hours"):
        load(tmp_path / "again", plausible_bounds=[HEADERS["plausible_bounds"], "home_care,hours,,200", "home_care,hours,,300"])


def test_what_a_table_may_say_is_accepted(tmp_path: Path) -> None:
    """The ends of each bound, every word of a list, a century that ends, blanks where they may be."""
    units = ["bed_day", "attendance", "contact", "item", "hour", "day", "week", "payment", "none"]
    services = [
        f"new_{unit},A service,{sector},{setting},,{unit}" for unit in units for sector, setting in [("nhs", "institutional")]
    ]
    load(
        tmp_path,
        services=[*GOOD["services"], *services],
        costing_rules=[
            *GOOD["costing_rules"], "town,new_day,rate,scale,1,1,65+", "town,new_week,record,hold,0,,", "board,new_day,ledger,locality,,,75+",
        ],
        unit_costs=[
            *GOOD["unit_costs"], "2025-26,,meals,,,,0,2024-25,", "1999-00,town,meals,,,,5.00,prices of April 2025,", "2009-10,,meals,,,,5.00,,",
        ],
        expected_feeds=[*GOOD["expected_feeds"], "town,clients,N,31,2025-04-01,2025-04-01", "board,acute,Y,1,,", "board,budget,N,,,"],
        code_history=[*GOOD["code_history"], "board,S08000027,S08000031,2018-02-02", "health_board,S08000028,S08000032,2018-02-02"],
    )  # fmt: skip


def test_one_name_that_is_not_known_is_told_once(tmp_path: Path) -> None:
    with pytest.raises(
        IrfError, match=r"row 5, column agency: no such agency: found Town, expected one of board, town, and in 11 more rows$"
    ):
        load(tmp_path, cost_code_map=[*GOOD["cost_code_map"], *(f"Town,{n},,,meals,cost," for n in range(12))])


def test_the_tables_that_come_with_the_software_break_no_check(tmp_path: Path) -> None:
    with open_database(tmp_path) as connection:
        for name in ("agencies", "services", "costing_rules", "expected_feeds", "admission_types", "code_history"):
            assert typed_table(connection, REPOSITORY / "data" / "reference" / f"{name}.csv", REFERENCE[name]).num_rows


def test_all_that_is_wrong_is_said_at_once_and_the_rest_counted(tmp_path: Path) -> None:
    bad = ["town,1,soon,,meals,costs,"] * 2 + ["town,2,,later,meals,cost,"] * 10
    with pytest.raises(IrfError) as refused:
        load(tmp_path, cost_code_map=[*GOOD["cost_code_map"], *bad])
    text = str(refused.value)
    assert text.startswith("reference/cost_code_map.csv: 14 problems: row 5, column valid_from: found soon, expected a date")
    assert "; row 5, column treatment: found costs" in text
    assert text.endswith("; and 4 more")
    assert "\n" not in text


def test_every_key_that_crosses_tables_wrongly_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        IrfError, match=r"2 problems: row 2, column service: no such service: found magic, .*; row 3, .* found wonder, "
    ):
        load(tmp_path, cost_code_map=[CODES, "town,1,,,magic,cost,", "town,2,,,wonder,cost,"])


def test_a_table_saved_as_a_workbook_is_asked_for_as_csv(tmp_path: Path) -> None:
    work = load(tmp_path)
    (work.root.folder("reference") / "simd.csv").rename(work.root.folder("reference") / "simd.xlsx")
    with pytest.raises(IrfError, match=r"reference/simd\.csv is missing; save simd\.xlsx as CSV"):
        load_reference(work)
