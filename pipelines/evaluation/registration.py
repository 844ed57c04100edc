"""When a test of change was declared: noted in the log of releases before its result is known, and said where it was not.

Belongs here: noting a declaration, and what has to be said of it. Does not belong here: the declaration's keys (`declaration.py`),
the log (`pipelines/release/log.py`).
"""

from pipelines.engine.clock import now_in_utc
from pipelines.evaluation.declaration import Declared
from pipelines.release.acceptance import check_words as check_words_of
from pipelines.release.log import DeclaredTest, Published, add, note_releases, read_log
from pipelines.warehouse.releases import VERSION, period_of, releases
from pipelines.warehouse.root import DataRoot


def check_words(root: DataRoot, declared: Declared) -> None:
    """Raise IrfError where the words that are shown on pages name somebody."""
    what = declared.declaration.what
    # The file of people stands in the result by its name.
    file = {"who.treated": declared.people.name} if declared.people else {}
    check_words_of(root, {"name": what.name, "question": what.question, "owner": what.owner, **file})


def declare(root: DataRoot, declared: Declared) -> DeclaredTest:
    """Note what is declared and what was known then. To be called by who holds the lock."""
    name, versions = declared.declaration.what.name, releases(root.folder("releases"))
    note_releases(root)
    entry = DeclaredTest(
        name=name,
        declaration_sha256=declared.sha256,
        releases=tuple(versions),
        known_through=max(map(period_of, _ever_published(root, versions)), default=None),
        looked_at=tuple(evaluated(root, name)),
        declared_at=now_in_utc(),
    )
    add(root, [entry])
    return entry


def _ever_published(root: DataRoot, versions: list[str]) -> set[str]:
    """The versions that are there, and those that were: a release that is gone may have been looked at."""
    return {*versions, *(entry.version for entry in read_log(root) if isinstance(entry, Published))}


def evaluated(root: DataRoot, name: str) -> list[str]:
    """The releases for which a test of change has results."""
    folder = root.folder("evaluations") / name
    return sorted(path.name for path in folder.iterdir() if VERSION.fullmatch(path.name)) if folder.is_dir() else []


def noted(root: DataRoot, name: str) -> list[DeclaredTest]:
    """Every time that a test of change was declared, the first before the others."""
    return [entry for entry in read_log(root) if isinstance(entry, DeclaredTest) and entry.name == name]


def remarks(entries: list[DeclaredTest], declared: Declared) -> list[str]:
    """What a reader has to know of when it was declared. entries: those of its name. Empty where it was declared once, before its
    result could be known, and stands as it was."""
    if not entries:
        return ["It was not declared before its result was known: nobody can tell which other questions were tried first."]
    first, last, start = entries[0], entries[-1], declared.declaration.when.first_month
    said = []
    if first.known_through is not None and first.known_through >= start:
        said.append(
            f"It was declared on {first.declared_at:%Y-%m-%d}, when a release had figures to {first.known_through}: its result could be known."
        )
    if first.looked_at:
        said.append(f"Its outcome was looked at before it was declared, in release {', '.join(first.looked_at)}.")
    changed = [entry for entry in entries[1:] if entry.declaration_sha256 != first.declaration_sha256]
    said += [
        f"Another declaration of it was noted on {entry.declared_at:%Y-%m-%d}, with figures to {entry.known_through or 'no month'} known."
        for entry in changed
    ]
    if declared.sha256 != last.declaration_sha256:
        said.append(f"The declaration is not the one that was noted on {last.declared_at:%Y-%m-%d}: it was changed since.")
    return said
