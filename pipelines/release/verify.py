"""Verifying a release from its published files alone: every hash and every conservation identity, line by line.

Belongs here: reading a release as an auditor would; comparing it with the files it was made of, for who has the key.
Does not belong here: what the manifest states beside the tables (`stated.py`),
anything of how the release was made.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.engine.database import TABLE_MACROS, open_apart
from pipelines.engine.errors import IrfError
from pipelines.engine.files import read_note
from pipelines.engine.sql import read_sql
from pipelines.engine.sql_engine import SqlEngine
from pipelines.ingest.landing import published_hash
from pipelines.release.recomputed import differing_rows
from pipelines.release.stated import Finding, stated_findings
from pipelines.warehouse.key import key_check
from pipelines.warehouse.releases import VERSION, named_as, show_release, views_of
from schemas.published import PUBLISHED
from schemas.table import arrow_schema
from schemas.table import key as key_of

IDENTITIES = {
    "rows": "every submission: rows = accepted + quarantined + superseded",
    "ledger": "cost = ledger quantum for every agency, service and month",
    "bridge": "ledger quantum = direct + scaled + located + unallocated + quarantined, and each part is that of the lines",
    "ledger_lines": "ledger rows that are a cost sum to the quantum",
    "statement": "bridge: ledger − eliminated − excluded = attributed + located + unallocated + quarantined, month and year to date",
    "eliminations": "every eliminated ledger row is listed with what both sides leave",
    "budgets": "the budget tables hold the same budgets, and the published cost",
    "prices": "price factors agree with one another",
    "lines": "every line: cost = direct_cost + residual_cost",
    "clients": "client_month_cost = the lines with a person",
    "localities": "locality_month_cost = all lines",
    "heads": "cost per head = cost ÷ population",
    "counts": "people and lines of control_total are those of the lines",
    "people": "every person of a line is in person, and no other",
    "person_year": "every person's year costs what client_month_cost says",
    "age_profile": "every cell of age_profile is the people of person_year",
    "residents": "age_profile has the residents of population",
}


SAYS = {
    "version": str,
    "period": str,
    "key_check": str,
    "tables": dict,
    "documents": dict,
    "inputs": list,
    "month_splits": list,
}
"""What a manifest says at the least, and how."""


def verify(release: Path, engine: SqlEngine | None = None) -> list[Finding]:
    """Every check of a release, in order. Never raises for what it finds wrong.

    engine: what runs the SELECTs of `sql/release/`; without one, as where there is no data root, the DuckDB of the other checks.
    """
    manifest = read_note(release / "manifest.json")
    if (wrong := _wrong_in(manifest)) is not None:
        return [Finding("manifest", False, f"manifest.json {wrong}")]
    assert isinstance(manifest, dict)
    findings = [*_hashes(release, manifest), _files(release, manifest), _version(release, manifest)]
    if not all(f.passed for f in findings):
        return findings  # what is in a file that is not the published one says nothing
    findings += _schemas(release)
    if not all(f.passed for f in findings):
        return findings
    with open_apart(release, macros=TABLE_MACROS) as connection:
        show_release(connection, release, "release")
        findings.append(_grains(connection))
        selects = {name: read_sql("release", name) for name in IDENTITIES}
        if engine is None:
            broken = {name: connection.execute(sql).fetchall() for name, sql in selects.items()}
        else:
            found = engine.rows(views_of(release), selects)
            broken = {name: [tuple(row.values()) for row in rows] for name, rows in found.items()}
        findings += [_identity(name, sentence, broken[name]) for name, sentence in IDENTITIES.items()]
        findings += [
            Finding(
                f"analysis {name}", not rows, f"{rows} rows are otherwise than computed again" if rows else "computed again"
            )
            for name, rows in differing_rows(connection, release).items()
        ]
        findings += stated_findings(connection, manifest)
    return findings


def _wrong_in(manifest: object) -> str | None:
    """What keeps a manifest from being read as one."""
    if not isinstance(manifest, dict):
        return "is missing, or no JSON object"
    for name, kind in SAYS.items():
        if not isinstance(manifest.get(name), kind):
            return f"does not say {name}, or not in the way a manifest does"
    if not isinstance(manifest.get("signers", []), list):
        return "does not say signers in the way a manifest does"
    if not all(isinstance(facts, dict) and isinstance(facts.get("sha256"), str) for facts in manifest["tables"].values()):
        return "does not say the sha256 of each table"
    return None


def verify_landing(release: Path, landing: Path, key: bytes) -> list[Finding]:
    """Whether each file that the release was made of is in landing as it was then, by the keyed hash of its content.

    Raises IrfError where the key is not the release's: no hash would say anything.
    """
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    if manifest["key_check"] != key_check(key):
        raise IrfError(f"{release.name} was made with another pseudonym key; give that one by IRF_PSEUDONYM_KEY_FILE")
    return [_landed(landing, i["file"], i["file_hash"], key) for i in manifest["inputs"]]


def _landed(landing: Path, name: str, expected: str | None, key: bytes) -> Finding:
    file = landing / name
    if expected is None:
        return Finding(f"landing {name}", True, "could not be read when the release was made: nothing to compare")
    try:
        actual = published_hash(file, key)
    except FileNotFoundError:
        return Finding(f"landing {name}", False, "is no longer there")
    except OSError as error:
        return Finding(f"landing {name}", False, f"cannot be read: {error.strerror}")
    is_same = actual == expected
    return Finding(f"landing {name}", is_same, "as it was" if is_same else "is not the file that the release was made of")


def _hashes(release: Path, manifest: dict) -> list[Finding]:
    tables = {path: facts["sha256"] for path, facts in manifest["tables"].items()}
    return [_hash(release, path, sha256) for path, sha256 in sorted({**tables, **manifest["documents"]}.items())]


def _hash(release: Path, path: str, expected: str) -> Finding:
    file = release / path
    actual = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "missing"
    return Finding(f"sha256 {path}", actual == expected, actual)


def _files(release: Path, manifest: dict) -> Finding:
    """Every file and folder is one that the manifest names, and the other way round."""
    signatures = signature_names(list(map(str, manifest.get("signers", [])))).values()
    named = {*manifest["tables"], *manifest["documents"], *signatures, "manifest.json"}
    folders = {parent.as_posix() for path in named for parent in PurePosixPath(path).parents if parent.name}
    present = {p.relative_to(release).as_posix() for p in release.rglob("*")}
    extra = sorted(present ^ (named | folders))
    return Finding(
        "files", not extra, f"not in both folder and manifest: {', '.join(extra)}" if extra else "as in the manifest"
    )


def signature_names(fingerprints: Sequence[str]) -> dict[str, str]:
    """The file of the signature of each key that signs a manifest, by the key's fingerprint."""
    if len(fingerprints) == 1:
        return {fingerprints[0]: "manifest.sig"}
    return {fingerprint: f"manifest.{fingerprint}.sig" for fingerprint in fingerprints}


def _version(release: Path, manifest: dict) -> Finding:
    """The manifest's version is of its month, and its folder has the name of no other version. A copy may have any other name."""
    version, period, folder = manifest["version"], manifest["period"], release.name
    is_version = VERSION.fullmatch(version) is not None
    if not is_version or set(named_as(release)) - {version} or not version.startswith(period.replace("-", ".") + "."):
        return Finding("version", False, f"the manifest says {version} of {period}, the folder is {folder}")
    return Finding(
        "version", True, version if folder == version else f"{version}, as the manifest says; the folder is {folder}"
    )


def _grains(connection: duckdb.DuckDBPyConnection) -> Finding:
    """No table has two rows of one key: nobody is counted twice."""
    for name, model in PUBLISHED.items():
        if keys := ", ".join(f'"{column}"' for column in key_of(model)):
            row = connection.execute(f"SELECT count(*) - count(DISTINCT ({keys},)) FROM release.{name}").fetchone()
            if row and row[0]:
                return Finding("grain", False, f"{name}: rows of a key that comes before, {keys}: {row[0]}")
    return Finding("grain", True, "every table: one row a key")


def _schemas(release: Path) -> list[Finding]:
    findings = []
    for name, model in PUBLISHED.items():
        declared = arrow_schema(model)
        files = sorted((release / name).rglob("*.parquet"))
        wrong = [f.name for f in files if not pq.read_schema(f).equals(_without_year(declared, f))]
        findings.append(
            Finding(
                f"schema {name}", bool(files) and not wrong, f"not as declared: {', '.join(wrong)}" if wrong else "as declared"
            )
        )
    return findings


def _without_year(declared: pa.Schema, file: Path) -> pa.Schema:
    """Early releases have the year in the folder's name instead of the file."""
    in_folder = file.parent.name.startswith("financial_year=")
    return declared.remove(declared.get_field_index("financial_year")) if in_folder else declared


def _identity(name: str, sentence: str, rows: list[tuple]) -> Finding:
    if not rows:
        return Finding(name, True, sentence)
    return Finding(name, False, f"{sentence}: broken {len(rows)} times, first: {', '.join(str(v) for v in rows[0])}")
