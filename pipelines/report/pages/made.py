"""How this was made: inputs, code, packages, checks, how to verify; what Great Expectations answered.

Belongs here: what an auditor needs to check the release without us. Does not belong here: what the figures say.
"""

from pipelines.report.page import Page, Section, Table, number, words
from pipelines.report.source import Source

ENOUGH_OF_A_HASH = 16


def page(source: Source) -> Page:
    """The page of a release on how it was made."""
    return Page("made.html", "How this was made", "auditors", [
        "The release is a folder of files that nobody changes. Everything below is in its manifest.json; irf verify recomputes it from the files alone.",
    ], [_verify(source), _checks(source), _expectations(source), _inputs(source), _tables(source), _software(source)])  # fmt: skip


def _verify(source: Source) -> Section:
    return Section("How to check it", [
        f"irf verify {source.version}: every hash and every identity of the accounts, from the released files.",
        "irf verify --landing: and that the agencies' files are those that it was made of (needs the key).",
        "irf trace LINE_ID and irf fate FILE:ROW: from a pound to the row that it came from, and back.",
    ])  # fmt: skip


def _checks(source: Source) -> Section:
    rows = [
        [words(c["name"]), "holds" if c["passed"] else "refuses" if c["blocks"] else "warns", "refuses" if c["blocks"] else "warns", c["detail"]]
        for c in source.manifest["gate"]
    ]  # fmt: skip
    held = sum(c["passed"] for c in source.manifest["gate"])
    return Section(f"{held} of {len(rows)} checks of the gate hold", [], tables=[
        Table("Checks of the gate", ["Check", "Answer", "If broken", "In words"], rows)])  # fmt: skip


def _expectations(source: Source) -> Section:
    tables = source.expectations
    rows = [[t["table"], number(len(t["answers"])), number(sum(not a["met"] for a in t["answers"]))] for t in tables]
    unmet = [
        [t["table"], a["sentence"], number(a["checked"]), number(a["unexpected"])]
        for t in tables
        for a in t["answers"]
        if not a["met"]
    ]
    return Section(
        f"{sum(len(t['answers']) for t in tables)} expectations of {len(tables)} tables, {len(unmet)} not met",
        ["Great Expectations checked every small table; expectations/answers.json beside this page has each answer."],
        tables=[
            Table("Expectations by table", ["Table", "Expectations", "Not met"], rows),
            Table("Expectations that are not met", ["Table", "Expectation", "Values checked", "Unexpected"], unmet),
        ],
    )  # fmt: skip


def _inputs(source: Source) -> Section:
    rows = [
        [i["file"], *(number(i[name]) for name in ("rows", "accepted", "quarantined", "superseded")),
         (i["file_hash"] or "unreadable")[:ENOUGH_OF_A_HASH], "" if i["refused"] is None else str(i["refused"])]
        for i in source.manifest["inputs"]
    ]  # fmt: skip
    reference = [[name, sha256[:ENOUGH_OF_A_HASH]] for name, sha256 in sorted(source.manifest["reference"].items())]
    return Section(f"{len(rows)} files went in", ["Hashes are keyed, and shown by their beginning."], tables=[
        Table("Files of the agencies", ["File", "Rows", "Accepted", "Quarantined", "Superseded", "Keyed hash", "Refused because"], rows),
        Table("Reference tables", ["File", "SHA-256"], reference),
    ])  # fmt: skip


def _tables(source: Source) -> Section:
    rows = [
        [path, number(facts["rows"]), number(facts["bytes"]), facts["sha256"][:ENOUGH_OF_A_HASH]]
        for path, facts in source.manifest["tables"].items()
    ]
    return Section(
        f"{len(rows)} files came out", [], tables=[Table("Files of the release", ["File", "Rows", "Bytes", "SHA-256"], rows)]
    )


def _software(source: Source) -> Section:
    rows = [
        ["code", source.manifest["code_version"]],
        *([name, version] for name, version in sorted(source.manifest["packages"].items())),
    ]
    rows += [[f"setting: {name}", str(value)] for name, value in sorted(source.manifest["config"].items())]
    return Section("Software", [], tables=[Table("Code and packages", ["Name", "Version"], rows)])
