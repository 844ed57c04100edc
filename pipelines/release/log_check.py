"""A release beside the log of releases: whether the chain is whole, and the manifest is the one that was published.

Belongs here: comparing. Does not belong here: the log itself (`log.py`), verifying a release by itself (`verify.py`).
"""

from pathlib import Path

from pipelines.engine.errors import listed
from pipelines.engine.files import read_note, sha256_of
from pipelines.release.log import Line, Published, SignedOff, broken_links, head_file, lines_in, log_file
from pipelines.release.publish import announced_history
from pipelines.release.stated import Finding
from pipelines.warehouse.releases import named_as, releases
from pipelines.warehouse.root import DataRoot


def verify_log(release: Path, root: DataRoot) -> list[Finding]:
    """The chain, whether its releases are there, and what it says of this one. root: the data root that the release lies in.

    Of a release that lies in none, a copy of the log and its head beside its folder is read; which other releases there are it cannot say.
    """
    log, head = log_file(root), head_file(root)
    try:
        is_copy = not log.exists() and not head.exists()
        if is_copy:
            log, head = release.parent / log.name, release.parent / head.name
        if not log.exists() and not head.exists():
            return [_no_log(release)]
        lines = lines_in(log)
    except PermissionError:
        return [Finding("log", True, f"{log} is not yours to read: the release was not checked against it")]
    if problems := broken_links(head, lines):
        return [Finding("log", False, f"releases.log: {listed(problems)}")]
    sealed = "" if head.exists() else ", but for its end: releases.head is not there"
    return [
        Finding(
            "log", True, f"releases.log{' beside it' if is_copy else ''}: the chain of {len(lines)} lines is whole{sealed}"
        ),
        *([] if is_copy else [_all_there(root, lines)]),
        _sign_offs(lines),
        _manifest(release, root, lines),
    ]


def _no_log(release: Path) -> Finding:
    return Finding(
        "log", True,
        "there is no log of releases beside it to check against; who accepted it, and when it was published, is in state/releases.log of "
        f"whoever publishes it: irf verify {version_of(release)} says it there, or here beside a copy of releases.log and releases.head",
    )  # fmt: skip


def version_of(release: Path) -> str:
    """The version that the log is asked about: the folder's, where it has the name of one; else the manifest's."""
    named, manifest = named_as(release), read_note(release / "manifest.json")
    said = manifest.get("version") if isinstance(manifest, dict) else None
    return named[0] if named else str(said or release.name)


def _published(lines: list[Line]) -> list[Published]:
    return [line.entry for line in lines if isinstance(line.entry, Published)]


def _all_there(root: DataRoot, lines: list[Line]) -> Finding:
    """Every release of the log is there, once."""
    there, named = releases(root.folder("releases")), [entry.version for entry in _published(lines)]
    gone = [f"{version} was published and is gone" for version in named if version not in there]
    gone += [f"{version} is there {named.count(version)} times" for version in sorted(set(named)) if named.count(version) > 1]
    return Finding("log releases", not gone, listed(gone) if gone else "every release of the log is there")


def _sign_offs(lines: list[Line]) -> Finding:
    """Whoever signed off a release has accepted the manifest that was published."""
    manifests = {entry.version: entry.manifest_sha256 for entry in _published(lines)}
    other = [
        f"line {line.number} accepts another manifest of {line.entry.version} than was published"
        for line in lines
        if isinstance(line.entry, SignedOff) and manifests.get(line.entry.version) != line.entry.manifest_sha256
    ]
    return Finding("log sign-offs", not other, listed(other) if other else "every sign-off is of a manifest that was published")


def _manifest(release: Path, root: DataRoot, lines: list[Line]) -> Finding:
    """The manifest is the one that was published; and who has accepted it."""
    name, version = "log manifest", version_of(release)
    found = next((entry for entry in _published(lines) if entry.version == version), None)
    if found is None and announced_history(root, version).exists():
        return Finding(name, True, f"{version} was published just now: the next run writes its line")
    if found is None:
        return Finding(name, False, f"{version} is not in releases.log")
    manifest = release / "manifest.json"
    if not manifest.is_file() or sha256_of(manifest) != found.manifest_sha256:
        return Finding(name, False, f"manifest.json of {version} is not the one that was published")
    when = f"at {found.published_at:%Y-%m-%d %H:%M} UTC" if found.published_at else "before there was a log"
    accepted = [
        f"{e.name}, {e.role}" for e in (line.entry for line in lines) if isinstance(e, SignedOff) and e.version == version
    ]
    by = f"; signed off by {'; '.join(accepted)}" if accepted else "; nobody has signed it off"
    return Finding(name, True, f"manifest.json is the one of {version} that was published {when}{by}")
