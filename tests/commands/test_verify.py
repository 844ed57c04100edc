"""`irf verify` needs the published files alone, and finds whatever has been done to them."""

import hashlib
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.release.verify import verify
from tests.conftest import BuildWorld, IrfAt

YEAR = "2025-26"


@pytest.fixture
def release(published: BuildWorld, tmp_path: Path) -> Path:
    """A copy of a release, with nothing of its data root beside it."""
    return Path(shutil.copytree(published() / "releases" / "2025.05.1", tmp_path / "2025.05.1"))


def broken(release: Path) -> set[str]:
    return {f.name for f in verify(release) if not f.passed}


def test_an_untouched_release_holds_line_by_line(release: Path) -> None:
    findings = verify(release)
    assert all(f.passed for f in findings)
    assert {"rows", "pounds", "ledger", "months", "bridge", "lines", "clients", "localities", "people", "files"} <= {
        f.name for f in findings
    }


def test_a_changed_byte_is_found(release: Path) -> None:
    file = release / "population" / "all.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)
    assert broken(release) == {"sha256 population/all.parquet"}


def test_a_missing_and_an_additional_file_are_found(release: Path) -> None:
    shutil.move(release / "person" / "all.parquet", release / "person" / "more.parquet")
    assert {"sha256 person/all.parquet", "files"} <= broken(release)


def rewrite(release: Path, path: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change a table and its hash in the manifest too, as somebody would who wants not to be seen."""
    file = release / path
    with pq.ParquetFile(file) as opened:
        table = opened.read()
    file.unlink()
    pq.write_table(change(table), file)
    manifest = release / "manifest.json"
    body = json.loads(manifest.read_text("utf-8"))
    body["tables"][path]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest.unlink()
    manifest.write_text(json.dumps(body), "utf-8")


def first_plus(column: str, more: object) -> Callable[[pa.Table], pa.Table]:
    """Add to the first value that is not empty."""

    def change(table: pa.Table) -> pa.Table:
        values = table[column].to_pylist()
        first = next(i for i, value in enumerate(values) if value is not None)
        values[first] += more
        index = table.column_names.index(column)
        return table.set_column(index, table.schema.field(column), pa.array(values, table.schema.field(column).type))

    return change


def doubled(table: pa.Table) -> pa.Table:
    """The first row twice."""
    return pa.concat_tables([table.slice(0, 1), table])


PENNY = Decimal("0.01")


@pytest.mark.parametrize(
    ("path", "change", "found"),
    [
        (f"cost_line/{YEAR}.parquet", first_plus("cost", PENNY), {"ledger", "lines", "localities"}),
        (f"cost_line/{YEAR}.parquet", first_plus("direct_cost", PENNY), {"lines", "bridge", "months"}),
        (f"cost_line/{YEAR}.parquet", lambda t: t.slice(1), {"ledger", "localities"}),
        (f"cost_line/{YEAR}.parquet", first_plus("person_id", "x"), {"people", "clients"}),
        (f"client_month_cost/{YEAR}.parquet", first_plus("cost", PENNY), {"clients"}),
        (f"locality_month_cost/{YEAR}.parquet", first_plus("cost", PENNY), {"localities"}),
        (f"control_total/{YEAR}.parquet", first_plus("ledger_quantum", PENNY), {"ledger", "bridge"}),
        (f"bridge/{YEAR}.parquet", first_plus("rated", PENNY), {"statement"}),
        (f"bridge/{YEAR}.parquet", lambda t: t.slice(1), {"statement"}),
        (f"bridge_to_date/{YEAR}.parquet", first_plus("located", PENNY), {"statement"}),
        (f"ledger_line/{YEAR}.parquet", first_plus("amount", PENNY), {"statement", "ledger_lines"}),
        (f"elimination/{YEAR}.parquet", first_plus("amount", PENNY), {"eliminations"}),
        (f"elimination/{YEAR}.parquet", first_plus("net", PENNY), {"eliminations"}),
        (f"budget_variance/{YEAR}.parquet", first_plus("cost", PENNY), {"budgets"}),
        (f"budget_variance/{YEAR}.parquet", first_plus("budget_to_date", PENNY), {"budgets"}),
        (f"locality_budget/{YEAR}.parquet", first_plus("budget", PENNY), {"budgets"}),
        (f"partnership_budget/{YEAR}.parquet", first_plus("cost", PENNY), {"budgets"}),
        ("price_index/2019-20.parquet", first_plus("factor", Decimal("0.000000001")), {"prices"}),
        ("person/all.parquet", lambda t: t.slice(1), {"people"}),
        ("submission/all.parquet", first_plus("accepted", 1), {"rows"}),
        ("submission/all.parquet", first_plus("amount", PENNY), {"pounds"}),
        ("submission/all.parquet", first_plus("file_hash", "0"), {"pounds"}),
        ("submission/all.parquet", lambda t: t.slice(1), {"pounds"}),
        ("person/all.parquet", doubled, {"grain"}),
        (f"client_month_cost/{YEAR}.parquet", doubled, {"grain"}),
        (f"locality_month_cost/{YEAR}.parquet", doubled, {"grain"}),
        (f"cost_line/{YEAR}.parquet", first_plus("units", 1), {"localities"}),
        (f"client_month_cost/{YEAR}.parquet", first_plus("units", 1), {"clients"}),
        (f"locality_month_cost/{YEAR}.parquet", first_plus("units", 1), {"localities"}),
        (f"locality_month_cost/{YEAR}.parquet", first_plus("people", 1), {"localities"}),
        (f"locality_month_cost/{YEAR}.parquet", first_plus("cost_per_head", PENNY), {"heads"}),
        (f"control_total/{YEAR}.parquet", first_plus("people", 1), {"counts"}),
        (f"person_year/{YEAR}.parquet", first_plus("cost", PENNY), {"person_year", "age_profile"}),
        (f"person_year/{YEAR}.parquet", lambda t: t.slice(1), {"person_year"}),
        (f"age_profile/{YEAR}.parquet", first_plus("cost", PENNY), {"age_profile"}),
        (f"age_profile/{YEAR}.parquet", first_plus("population", 1), {"residents"}),
        (f"standardised_cost/{YEAR}.parquet", first_plus("lower", PENNY), {"analysis standardised_cost"}),
        (f"inequality/{YEAR}.parquet", first_plus("value", PENNY), {"analysis inequality"}),
        (f"balance_of_care/{YEAR}.parquet", first_plus("cost", PENNY), {"analysis balance_of_care"}),
        (f"high_cost/{YEAR}.parquet", first_plus("people", 1), {"analysis high_cost"}),
        (f"shared_care/{YEAR}.parquet", lambda t: t.slice(1), {"analysis shared_care"}),
    ],
)
def test_a_change_of_a_table_with_its_hash_breaks_an_identity(
    release: Path, path: str, change: Callable[[pa.Table], pa.Table], found: set[str]
) -> None:
    rewrite(release, path, change)
    assert found <= broken(release)


def second_as_first(table: pa.Table) -> pa.Table:
    """The second line with the id of the first."""
    ids = table["line_id"].to_pylist()
    index = table.column_names.index("line_id")
    return table.set_column(index, table.schema.field("line_id"), pa.array([ids[0], ids[0], *ids[2:]]))


def test_an_id_that_two_lines_have_is_found_under_its_name(release: Path) -> None:
    rewrite(release, f"cost_line/{YEAR}.parquet", second_as_first)
    found = [(f.name, f.detail) for f in verify(release) if not f.passed]
    assert found == [("grain", 'cost_line: rows of a key that comes before, "line_id": 1')]


def test_a_column_of_another_type_is_found(release: Path) -> None:
    rewrite(release, "person/all.parquet", lambda t: t.set_column(0, "person_id", t["person_id"].cast(pa.large_string())))
    assert broken(release) == {"schema person"}


def test_what_is_no_longer_parquet_is_found_by_its_hash(release: Path) -> None:
    file = release / "person" / "all.parquet"
    file.write_bytes(file.read_bytes() + b"x")
    assert broken(release) == {"sha256 person/all.parquet"}


def test_a_changed_document_is_found(release: Path) -> None:
    (release / "CHANGES.md").write_text("nothing to see here", "utf-8")
    assert broken(release) == {"sha256 CHANGES.md"}


def test_landing_is_compared_by_keyed_hashes(published: BuildWorld, copy_of: Callable[[Path], Path], irf_at: IrfAt) -> None:
    root = copy_of(published())
    code, printed = irf_at(root, "verify", "--landing")
    assert code == 0, printed
    assert "holds   landing angus/ledger/2025-05.csv: as it was" in printed
    assert printed.count("landing ") == len(list(root.glob("landing/*/*/*.csv")))
    changed, gone = (root / "landing" / "angus" / feed / "2025-05.csv" for feed in ("ledger", "clients"))
    changed.write_bytes(changed.read_bytes() + b"\n")
    gone.unlink()
    code, printed = irf_at(root, "verify", "--landing")
    assert code == 1
    assert [line for line in printed.splitlines() if line.startswith("BROKEN")] == [
        "BROKEN  landing angus/clients/2025-05.csv: is no longer there",
        "BROKEN  landing angus/ledger/2025-05.csv: is not the file that the release was made of",
    ]
    (root / "secure" / "pseudonym.key").write_bytes(bytes(32))
    code, printed = irf_at(root, "verify", "--landing")
    assert code == 1
    assert printed == "error: 2025.05.1 was made with another pseudonym key; give that one by IRF_PSEUDONYM_KEY_FILE\n"


def test_no_plain_hash_of_a_submission_is_published(published: BuildWorld) -> None:
    """A plain hash of a file of one row can be tried out; only who has the key can make the published one."""
    root = published()
    text = "".join(p.read_text("utf-8") for p in [*root.glob("releases/*/*.json"), *root.glob("reports/*/gate.json")])
    sources = set(pq.read_table(root / "releases" / "2025.05.1" / "cost_line")["source_file"].to_pylist())
    for file in root.glob("landing/*/*/*.csv"):
        plain = hashlib.sha256(file.read_bytes()).hexdigest()
        assert plain[:12] not in text, file
        assert plain[:12] not in sources, file


def say(release: Path, **changed: object) -> None:
    """Let the manifest say something else; None takes it out."""
    manifest = release / "manifest.json"
    body = {**json.loads(manifest.read_text("utf-8")), **changed}
    manifest.write_text(json.dumps({name: value for name, value in body.items() if value is not None}), "utf-8")


def test_an_added_file_or_folder_is_found(release: Path) -> None:
    (release / "person" / "more").mkdir()
    (release / "notes.txt").write_text("more", "utf-8")
    (finding,) = [f for f in verify(release) if not f.passed]
    assert (finding.name, finding.detail) == ("files", "not in both folder and manifest: notes.txt, person/more")


def test_a_version_that_is_not_its_folders_is_found(release: Path) -> None:
    say(release, version="2025.05.2")
    assert broken(release) == {"version"}
    say(release, version="2025.05.1", period="2025-06")
    assert broken(release) == {"version"}


def test_inputs_that_contradict_the_submissions_are_found(release: Path) -> None:
    inputs = json.loads((release / "manifest.json").read_text("utf-8"))["inputs"]
    for changed in ({"accepted": inputs[0]["accepted"] + 1}, {"file_hash": "0"}, {"file": "angus/notes/2025-04.csv"}):
        say(release, inputs=[inputs[0] | changed, *inputs[1:]])
        assert broken(release) == {"pounds"}, changed
    say(release, inputs=inputs[1:])
    assert broken(release) == {"pounds"}


@pytest.mark.parametrize("name", ["version", "period", "tables", "documents", "inputs", "month_splits", "key_check"])
def test_a_broken_manifest_is_said_in_a_line(release: Path, name: str) -> None:
    say(release, **{name: None})
    assert [(f.name, f.detail) for f in verify(release)] == [
        ("manifest", f"manifest.json does not say {name}, or not in the way a manifest does")
    ]


def test_a_manifest_of_other_things_is_said_in_a_line(release: Path) -> None:
    say(release, inputs=[{}], month_splits=["x"], corrections=[{}])
    assert {"pounds", "months", "corrections"} <= broken(release)
    (release / "manifest.json").write_text("{", "utf-8")
    assert [f.detail for f in verify(release)] == ["manifest.json is missing, or no JSON object"]
