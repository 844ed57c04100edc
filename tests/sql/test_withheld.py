"""What of a text that an agency wrote is withheld, and what is kept."""

from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from pipelines.quality.withheld import named_in, search, without
from tests.small_world import OTHER_PATIENT, PATIENT, THIRD_PATIENT
from tests.sql.sql_case import Row, database, fill, run

ANGUS = "angus"
PEOPLE: dict[str, list[Row]] = {
    "staged.population_register": [
        {"chi_number": PATIENT, "previous_chi_number": OTHER_PATIENT, "forename": "Margaret Jean", "surname": "O'Neill", "postcode": "DD8 1AA"},
        {"chi_number": "0202021234", "forename": "Angus", "surname": "Scott"},
        {"chi_number": "0202021242", "forename": "Angus", "surname": "Home"},
    ],
    "staged.clients": [{"agency": ANGUS, "social_care_id": "AN-10045", "forename": "Siân", "surname": "Smith-Jones", "postcode": "DD5 1AA"}],
    "core.record": [
        {"agency": ANGUS, "social_care_id": "100456"},
        {"agency": "dundee-city", "social_care_id": "700700"},
        {"agency": ANGUS, "social_care_id": "A1"},
    ],
    "reference.cost_code_map": [{"agency": ANGUS, "cost_code": "52001"}, {"agency": ANGUS, "cost_code": "100457"}],
    "reference.agencies": [{"agency": ANGUS, "name": "Angus Council"}],
    "reference.services": [{"service": "home_care_personal", "name": "Home care, personal"}],
}  # fmt: skip


WITHHELD = [
    (f"Care for {PATIENT}", "Care for [withheld]"),
    (f"CHI{PATIENT}/2", "CHI[withheld]/2"),
    ("Care for 190485 1231, April", "Care for [withheld], April"),
    ("Care for 190485\u00a01231", "Care for [withheld]"),
    (OTHER_PATIENT, "[withheld]"),
    ("House DD8 1AA", "House [withheld]"),
    ("house dd81aa", "house [withheld]"),
    ("DD5 1AA.", "[withheld]."),
    ("Package AN-10045 extra", "Package [withheld] extra"),
    ("Package an-10045", "Package [withheld]"),
    ("100456", "[withheld]"),
    ("Margaret O'Neill respite", "[withheld] respite"),
    ("Respite: O'NEILL, Margaret", "Respite: [withheld]"),
    ("MARGARET JEAN O’NEILL", "[withheld]"),
    ("Mrs margaret_oneill", "Mrs [withheld]"),
    ("Sian Smith Jones", "[withheld]"),
    ("Siân Smith-Jones", "[withheld]"),
    ("Angus Scott", "[withheld]"),
    ("AngusScott", "[withheld]"),  # a code is read without its blanks
    ("ScottAngus", "[withheld]"),
    ("SiânSMITHJONES", "[withheld]"),
    (f"Margaret O'Neill {PATIENT} DD8 1AA", "[withheld] [withheld] [withheld]"),
]
KEPT = [
    "1234567890",  # no CHI number
    THIRD_PATIENT,  # a CHI number of nobody we know
    "Payments 2025-04 to 2025-05",
    "A1 bandages",  # too short to be told from a word
    "52001 100457",  # codes that finance has declared
    "700700",  # a client number of another agency
    "10045",  # a part of one
    "1004567",
    "PH1 1AA",  # nobody's home
    "Margaret",
    "O'Neill Street",
    "Margaret Hospital for the late Mr O'Neill",  # too far apart to be one name
    "AngusHome",
    "AngusScotts",
    "Angus home care",  # our own words, though an Angus Home is known
    "",
]
LONG = "Margaret " * 5_000 + PATIENT


@cache
def published() -> dict[str, str]:
    """What is published of each text of Angus; all at once, as in a refresh."""
    texts = list(dict.fromkeys([text for text, _ in WITHHELD] + KEPT + [LONG]))
    return dict(zip(texts, found_in(ANGUS, texts), strict=True))


def found_in(agency: str, texts: list[str]) -> list[str]:
    """Texts of an agency without what names somebody."""
    connection = database(None)
    fill(connection, "core.known_word", run("core/known_word", PEOPLE))
    found = search(connection, [(agency, text) for text in texts])
    return [without(text, pieces) for text, pieces in zip(texts, found, strict=True)]


@pytest.mark.parametrize(("text", "expected"), WITHHELD)
def test_what_names_somebody_is_withheld(text: str, expected: str) -> None:
    assert published()[text] == expected


@pytest.mark.parametrize("text", KEPT)
def test_what_names_nobody_is_kept(text: str) -> None:
    assert published()[text] == text


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    assert published()[LONG] == LONG.replace(PATIENT, "[withheld]")


def test_in_a_text_of_no_agency_a_figure_is_no_client() -> None:
    assert found_in("", ["100456 rows", f"of {PATIENT}"]) == ["100456 rows", "of [withheld]"]


def test_files_about_to_be_published_are_searched(tmp_path: Path) -> None:
    """Every kind of file; a known number within a hash or another number is none."""
    words = tmp_path / "known_word.parquet"
    pq.write_table(pa.Table.from_pylist(run("core/known_word", PEOPLE)), words)
    folder = tmp_path / "2025.04.1"
    (folder / "person").mkdir(parents=True)
    assert named_in(folder, [words], tmp_path) == []
    text = pa.table({"person_id": ["p1", "p2"], "locality": [f"of {PATIENT}", "DD8 1AA"]})
    pq.write_table(text, folder / "person" / "all.parquet")
    (folder / "CHANGES.md").write_text(
        f"one {PATIENT}, two {PATIENT}, a{PATIENT}, 1{PATIENT}, {THIRD_PATIENT}, PH1 1AA", "utf-8"
    )
    with xlsxwriter.Workbook(folder / "bridge.xlsx") as workbook:
        workbook.add_worksheet("dd5 1aa").write_string(0, 0, "190485 1231")
    assert named_in(folder, [words], tmp_path) == [
        "CHANGES.md: CHI numbers, 2",
        "bridge.xlsx: CHI numbers, 1",
        "bridge.xlsx: home postcodes, 2",  # the name of a sheet is in two parts of a workbook
        "person/all.parquet, column locality: CHI numbers, 1",
        "person/all.parquet, column locality: home postcodes, 1",
    ]
