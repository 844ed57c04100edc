"""The pages of a published release: they tie to its tables, stand alone, and show nothing of a few people."""

import html
import json
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.report import page as words
from pipelines.report.said_of import Said
from pipelines.report.site import MAIN, PAGE_MARK, write_site
from tests.conftest import BuildWorld, IrfAt
from tests.small_world import ANGUS, BOARD, PATIENT, SmallWorld

VERSION, APRIL = "2025.05.1", "2025-04"


@pytest.fixture
def report(published: BuildWorld) -> Path:
    return published() / "reports" / VERSION


@pytest.fixture
def release(published: BuildWorld) -> Path:
    return published() / "releases" / VERSION


def made(release: Path, out: Path, said: Said | None = None) -> Path:
    """The pages of a release, made into a folder."""
    write_site(release, out, said or Said())
    return out


def pages(report: Path) -> dict[str, str]:
    return {path.relative_to(report).as_posix(): path.read_text("utf-8") for path in sorted(report.rglob("*.html"))}


def one(release: Path, sql: str) -> tuple:
    """The only row of a SELECT over `{table}` of a release, read without this software."""
    read = re.sub(r"\{(\w+)\}", lambda name: f"read_parquet('{release / name[1]}/*.parquet')", sql)
    (row,) = duckdb.connect().execute(read).fetchall()
    return tuple(row)


def test_there_is_a_page_for_each_reader_and_for_each_council_and_locality(report: Path, release: Path) -> None:
    (areas,) = one(
        release, "SELECT count(DISTINCT council) + count(DISTINCT locality) FROM {population} WHERE locality <> 'Unknown'"
    )
    names = pages(report)
    assert {
        "index.html",
        "money.html",
        "submissions.html",
        "links.html",
        "inequality.html",
        "balance.html",
        "made.html",
    } <= set(names)
    assert len([name for name in names if name.startswith("local/")]) == areas
    assert len(names) == len(MAIN) + areas


def test_no_page_needs_anything_else(report: Path) -> None:
    for name, text in pages(report).items():
        bare = text.replace('xmlns="http://www.w3.org/2000/svg"', "").replace('xmlns:xlink="http://www.w3.org/1999/xlink"', "")
        for outside in ("http:", "https:", "<script", "<link", "<img", "src=", "@import", "url("):
            assert outside not in bare, (name, outside)


def test_every_link_leads_to_a_page_or_place(report: Path) -> None:
    texts = pages(report)
    for name, text in texts.items():
        for target in re.findall(r'href="([^"]*)"', text):
            file, _, place = target.partition("#")
            linked = (report / name).parent.joinpath(file).resolve().relative_to(report.resolve()).as_posix() if file else name
            assert linked in texts, (name, target)
            assert not place or f'id="{place}"' in texts[linked], (name, target)


def test_the_bridge_of_the_front_page_is_the_release_s_to_the_penny(report: Path, release: Path) -> None:
    (ledger, quantum, difference) = one(release, "SELECT sum(ledger), sum(ledger_quantum), sum(difference) FROM {bridge}")
    front = pages(report)["index.html"]
    row = re.search(r'<th scope="row">all</th>(.*?)</tr>', front)
    assert row is not None
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row[1])
    assert cells[0] == words.pounds_and_pence(ledger)
    assert cells[3] == words.pounds_and_pence(quantum)
    assert cells[-1] == words.pounds_and_pence(difference) == "£0.00"


def test_pounds_in_quarantine_are_told_once_and_are_those_of_the_control_totals(published: BuildWorld) -> None:
    root = published("heavy")
    (told,) = one(root / "releases" / VERSION, "SELECT sum(quarantined) FROM {control_total}")
    page = pages(root / "reports" / VERSION)["submissions.html"]
    assert f"{words.pounds_and_pence(told)} of their pounds are on lines, which is what the control totals have" in page
    section = page[page.index('id="quarantine"') : page.index('id="by-rule"')]
    files = re.findall(r'<th scope="row">([^<]*)</th><td[^>]*>([^<]*)</td>', section)
    inputs = json.loads((root / "releases" / VERSION / "manifest.json").read_text("utf-8"))["inputs"]
    assert sum(int(rows.replace(",", "")) for _, rows in files) == sum(i["quarantined"] for i in inputs) > 0
    assert len(files) == len({file for file, _ in files})


def test_rows_in_quarantine_are_told_once_by_all_the_rules_that_they_break(published: BuildWorld) -> None:
    root = published("heavy")
    manifest = json.loads((root / "releases" / VERSION / "manifest.json").read_text("utf-8"))
    text = pages(root / "reports" / VERSION)["submissions.html"]
    section = text[text.index('id="by-rule"') : text.index('id="rules"')]
    of_rules, of_agencies = (
        re.findall(r"<tr>(<th scope=.row.*?)</tr>", body) for body in re.findall(r"<tbody>.*?</tbody>", section, re.DOTALL)
    )
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in of_rules]
    assert len(rows) == len({(r["agency"], r["feed"], tuple(r["rules"])) for r in manifest["quarantine"]})
    assert sum(int(row[3].replace(",", "")) for row in rows) == sum(i["quarantined"] for i in manifest["inputs"])
    held = {agency: amount for agency, amount in duckdb.execute(
        f"SELECT agency, sum(quarantined) FROM read_parquet('{root}/releases/{VERSION}/control_total/*.parquet') GROUP BY agency").fetchall()}  # fmt: skip
    for row in of_agencies:
        agency, _, on_lines, control, difference = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        assert on_lines == control == words.pounds_and_pence(held[agency]) and difference == "£0.00"
    assert len(of_agencies) == len(held)


def test_a_release_of_before_says_that_it_does_not_tell_quarantine_by_rule(release: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(release, tmp_path / VERSION))
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    del manifest["quarantine"]
    (copy / "manifest.json").chmod(0o644)
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert "This release does not tell its quarantine by rule" in pages(made(copy, tmp_path / "out"))["submissions.html"]


def test_every_case_of_every_warning_is_on_the_front_page(published: BuildWorld) -> None:
    root = published("heavy")
    gate = json.loads((root / "releases" / VERSION / "manifest.json").read_text("utf-8"))["gate"]
    front = html.unescape(pages(root / "reports" / VERSION)["index.html"])
    cases = [case for check in gate if not check["passed"] for case in check["cases"] or [check["detail"]]]
    assert cases
    assert not [case for case in cases if f">{case}</td>" not in front]


def test_the_cost_of_inequality_of_older_people_in_dundee_is_on_its_page_and_on_the_page_of_inequality(
    report: Path, release: Path
) -> None:
    where = "scope = 'all' AND age_group = '65+' AND area = 'S12000042' AND measure = 'cost_of_inequality'"
    (value,) = one(release, f"SELECT value FROM {{inequality}} WHERE {where}")
    texts = pages(report)
    shown = words.pounds(value)
    assert shown in texts["local/dundee-city-council.html"]
    assert shown in texts["inequality.html"]
    assert 'href="inequality.html"' in texts["index.html"] and 'href="local/dundee-city-council.html"' in texts["index.html"]


def test_the_same_release_gives_the_same_bytes_and_the_command_makes_them_again(
    published: BuildWorld, copy_of: Callable[[Path], Path], irf_at: IrfAt
) -> None:
    root = copy_of(published())
    before = pages(root / "reports" / VERSION)
    (root / "reports" / VERSION / "index.html").write_text("damaged", "utf-8")
    (root / "reports" / VERSION / "money.html").unlink()
    code, printed = irf_at(root, "report", "--no-open")
    assert code == 0 and printed.strip().endswith("index.html")
    assert pages(root / "reports" / VERSION) == before
    assert not list((root / "reports").glob(".staging*"))


def test_a_page_that_is_no_longer_made_is_removed_and_nothing_else(
    published: BuildWorld, copy_of: Callable[[Path], Path], irf_at: IrfAt
) -> None:
    root = copy_of(published())
    report = root / "reports" / VERSION
    before = {path.relative_to(report): path.read_bytes() for path in report.rglob("*") if path.is_file()}
    for stale in ("local/a-place-of-before.html", "trends.html"):
        shutil.copy(report / "money.html", report / stale)
    others = {
        "data_docs/person.html": b"<html>what was expected</html>",
        "notes.html": b"<p>ours</p>",
        "local/map.csv": b"a,b\n",
    }
    for name, content in others.items():
        (report / name).parent.mkdir(exist_ok=True)
        (report / name).write_bytes(content)
    (report / "folder.html").mkdir()
    code, printed = irf_at(root, "report", "--no-open")
    assert code == 0, printed
    after = {path.relative_to(report): path.read_bytes() for path in report.rglob("*") if path.is_file()}
    assert after == before | {Path(name): content for name, content in others.items()}
    assert (report / "folder.html").is_dir()


def test_every_page_has_the_mark_that_it_is_told_by(report: Path) -> None:
    assert all(PAGE_MARK in path.read_bytes() for path in report.rglob("*.html"))


def test_an_accepted_warning_is_on_the_front_page_of_the_latest_release(
    published: BuildWorld, copy_of: Callable[[Path], Path], irf_at: IrfAt
) -> None:
    root = copy_of(published())
    front = root / "reports" / VERSION / "index.html"
    assert "known and accepted" not in front.read_text("utf-8")
    code, printed = irf_at(
        root, "accept-warning", "out_of_band", "--until", "2025-09-30", "--reason", "hours come from October"
    )
    assert code == 0, printed
    text = front.read_text("utf-8")
    assert "Warnings that are known and accepted" in text
    assert "out of band, for months that end by 2025-09-30: hours come from October" in text


def test_who_signs_off_is_on_the_front_page(published: BuildWorld, copy_of: Callable[[Path], Path], irf_at: IrfAt) -> None:
    root = copy_of(published())
    front = root / "reports" / VERSION / "index.html"
    assert "Nobody has signed this release off yet" in front.read_text("utf-8")
    code, printed = irf_at(root, "sign-off", VERSION, "--by", "The Treasurer", "--role", "head of <finance>", "--note", "=1+1")
    assert code == 0, printed
    text = front.read_text("utf-8")
    assert "The Treasurer, head of &lt;finance&gt;, on " in text and ": =1+1" in text
    assert "Nobody has signed" not in text


def test_what_people_wrote_shows_as_text(release: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(release, tmp_path / VERSION))
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["note"] = "<script>alert(1)</script>"
    manifest["inputs"][0]["file"] = '"><img src=x onerror=alert(1)>'
    (copy / "manifest.json").chmod(0o644)
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    texts = "".join(pages(made(copy, tmp_path / "out", Said(["<b>A</b>"], ["<i>B</i>"]))).values())
    assert "<script" not in texts and "<img" not in texts and "<b>" not in texts and "<i>" not in texts
    assert "&lt;script&gt;alert(1)" in texts


def only_a_register(world: SmallWorld) -> None:
    world.put(f"{BOARD}/population_register/{APRIL}.csv", [{"chi_number": PATIENT, "date_of_birth": "1985-04-19", "sex": "1"}])


def only_a_ledger(world: SmallWorld) -> None:
    world.ledger(ANGUS, APRIL, home_care_personal="-100.00")


def nothing_spent(world: SmallWorld) -> None:
    care = {"social_care_id": "A1", "service_id": "s1", "month": f"{APRIL}-01", "hours": "10", "service_type": "2"}
    world.put(f"{ANGUS}/home_care/{APRIL}.csv", [care])
    world.ledger(ANGUS, APRIL, home_care_personal="0.00")


def hardly_anybody_lives_there(world: SmallWorld) -> None:
    nothing_spent(world)
    world.ledger(ANGUS, APRIL, home_care_personal="100.00")
    world.reference["population"] = world.reference["population"][:1]


@pytest.mark.parametrize("put", [only_a_register, only_a_ledger, nothing_spent, hardly_anybody_lives_there])
def test_a_release_with_next_to_nothing_in_it_has_its_pages(small_world: SmallWorld, put: Callable[[SmallWorld], None]) -> None:
    small_world.has_pages = True
    put(small_world)
    small_world.published(APRIL)
    assert "Overview" in (small_world.root / "reports" / "2025.04.1" / "index.html").read_text("utf-8")


def test_no_figure_of_a_few_people_is_shown(report: Path) -> None:
    counts = re.compile(r"<thead>(.*?)</thead>.*?<tbody>(.*?)</tbody>", re.DOTALL)
    seen = 0
    for name in ("balance.html", "links.html"):
        for head, body in counts.findall(pages(report)[name]):
            heads = re.findall(r">([^<]+)</th>", head)
            columns = [
                i
                for i, text in enumerate(heads)
                if text in ("People", "Clients", "Linked", "Both", "Health only", "Social care only")
            ]
            for row in re.findall(r"<tr>(.*?)</tr>", body):
                cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
                for column in columns:
                    if len(cells) == len(heads) and re.fullmatch(r"[\d,]+", cells[column]):
                        seen += 1
                        assert not 0 < int(cells[column].replace(",", "")) < words.FEWEST_PEOPLE, (name, cells)
    assert seen > 10


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.pounds(Decimal("-1234.50")), "−£1,234"),
        (words.pounds_and_pence(Decimal("-0.5")), "−£0.50"),
        (words.pounds(None), "–"),
        (words.millions(Decimal("12345678")), "£12.3 million"),
        (words.percent(Decimal("-0.123456")), "−12.3 %"),
        (words.people(4), words.FEW),
        (words.people(0), "0"),
        (words.people(5), "5"),
        (words.of_people(4, "£3"), words.FEW),
        (words.listed(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_figures_are_written_for_readers(written: str, expected: str) -> None:
    assert written == expected
