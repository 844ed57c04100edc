"""The same month under national headers gives the same release as under the canonical ones."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from schemas.dialect import FOLDER, Dialect, read_dialect
from tests.conftest import BuildWorld, rows_of, run, validated_before
from tests.end_to_end.test_release import PROVENANCE, VERSION, parquet_hashes, table

FEEDS = {
    "nhs_board": ("acute", "mental_health", "outpatient", "emergency", "prescribing"),
    "council": ("home_care", "care_home", "self_directed_support"),
}
CODES = {"inpatient_day_case": {"I": "IP", "D": "DC"}}


def in_their_words(row: dict[str, str], dialect: Dialect) -> dict[str, str]:
    """A canonical record as the national layout writes it."""
    sent: dict[str, str] = {}
    for ours, source in dialect.sources.items():
        text = CODES.get(ours, {}).get(row.get(ours, ""), row.get(ours, ""))
        if source.way == "join":
            day, _, time = text.partition(" ")
            sent |= dict(zip(source.headers, (day.replace("-", "/") + " 00:00:00" if day else "", time), strict=True))
        elif source.way == "flags":
            is_set = {header: code == text or text == "4" for header, code in source.codes.items()}
            sent |= {header: "1" if value else "0" for header, value in is_set.items()}
        else:
            sent[source.headers[0]] = text
    return sent


def rewrite(file: Path, dialect: Dialect) -> None:
    rows = [in_their_words(row, dialect) for row in rows_of(file)]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_national_layouts_give_the_same_release(
    published: BuildWorld, world: BuildWorld, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(world("none"))
    validated_before(published("none"), root)
    (root / "secure").mkdir(mode=0o700)
    shutil.copyfile(published("none") / "secure" / "pseudonym.key", root / "secure" / "pseudonym.key")
    for kind, feeds in FEEDS.items():
        for feed in feeds:
            dialect = read_dialect(FOLDER / kind / f"{feed}.toml")
            for file in root.glob(f"landing/*/{feed}/*.csv"):
                rewrite(file, dialect)
    run(root)
    before, now = parquet_hashes(published("none"), VERSION), parquet_hashes(root, VERSION)
    same = {path for path in before if path.split("/")[0] not in PROVENANCE}
    assert {path: now[path] for path in same} == {path: before[path] for path in same}
    ours, theirs = (table(r, "cost_line").drop_columns(PROVENANCE["cost_line"]) for r in (root, published("none")))
    assert ours.equals(theirs)
