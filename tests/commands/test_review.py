"""`irf review export` and `import`: from an uncertain link through a person's decision to the next release."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.conftest import BuildWorld, IrfAt, rows_of, run

Line = tuple[str, str, Decimal]
"""A client's link method, person id and cost in a release."""


def with_somebody_elses_chi(root: Path) -> tuple[str, str]:
    """Give a client of Angus who has home care the CHI number of another client. Returns the client's id and that number."""
    file = root / "landing" / "angus" / "clients" / "2025-05.csv"
    rows = rows_of(file)
    cared_for = {row["social_care_id"] for row in rows_of(root / "landing" / "angus" / "home_care" / "2025-05.csv")}
    mistaken = next(row for row in rows if row["social_care_id"] in cared_for and row["chi_number"])
    other = next(row for row in rows if row["chi_number"] and row["surname"] != mistaken["surname"])
    mistaken["chi_number"] = other["chi_number"]
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return mistaken["social_care_id"], other["chi_number"]


def fill_in(sheet: Path, decision: str) -> list[dict[str, str]]:
    """Decide every row of the sheet as a person in a spreadsheet does; gives the rows as they were."""
    header, *rows = CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python()
    decided = {"decision": decision, "decided_by": "jm", "decided_on": "03/06/2025", "reason": "asked the council"}
    with xlsxwriter.Workbook(sheet) as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.write_row(0, 0, header)
        for at, row in enumerate(rows, start=1):
            worksheet.write_row(at, 0, [decided.get(str(name), value) for name, value in zip(header, row, strict=True)])
    return [dict(zip(map(str, header), map(str, row), strict=True)) for row in rows]


def home_care(root: Path, version: str, client: str) -> Line:
    """How the home care of a client of Angus is linked in a release."""
    with duckdb.connect() as connection:
        (found,) = connection.execute(
            f"""
            SELECT line.link_method, line.person_id, sum(line.cost)
            FROM read_parquet('{root}/releases/{version}/cost_line/**/*.parquet') AS line
            JOIN '{root}/core/record.parquet' AS record USING (agency, source_file, source_row)
            WHERE record.agency = 'angus' AND record.feed = 'home_care' AND record.social_care_id = ?
            GROUP BY ALL
            """,
            [client],
        ).fetchall()
    return found


def test_a_decision_links_a_client_in_the_next_release_and_moves_no_pound(
    world: BuildWorld, copy_of: Callable[[Path], Path], irf_at: IrfAt
) -> None:
    root = copy_of(world("none"))
    assert irf_at(root, "review", "export")[0] == 1  # no refresh yet
    client, number = with_somebody_elses_chi(root)
    first = home_care(root, run(root).version, client)
    assert first[0] == "unlinked"

    code, told = irf_at(root, "review", "export")
    sheet = root / "review" / "pending.xlsx"
    assert (code, "clients in review: 1;" in told) == (0, True)
    assert irf_at(root, "review", "import", str(sheet)) == (0, "new decisions: 0; the next refresh follows them\n")
    (row,) = fill_in(sheet, "same")
    assert (row["social_care_id"], row["candidate_chi_number"], row["decision"]) == (client, number, "")
    assert row["surname"] != row["candidate_surname"]
    assert irf_at(root, "review", "import", str(sheet)) == (0, "new decisions: 1; the next refresh follows them\n")

    published = run(root)
    second = home_care(root, published.version, client)
    assert (second[0], second[2]) == ("decision", first[2])
    with duckdb.connect() as connection:
        history = connection.execute(f"FROM '{root}/releases/{published.version}/person_history/*.parquet'").fetchall()
    assert history == [(first[1], second[1], "2025-05")]
    assert irf_at(root, "review", "export")[1].startswith("clients in review: 0;")
