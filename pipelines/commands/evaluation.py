"""`irf evaluate`: declare a test of change, and say what it did.

Belongs here: the command and its words. Does not belong here: the evaluation (`pipelines/evaluation`).
"""

from typing import Annotated

import typer

from pipelines.commands.given import data_root, release_folder
from pipelines.commands.words import say
from pipelines.engine.errors import IrfError
from pipelines.warehouse.root import DataRoot


def evaluate(
    name: Annotated[str | None, typer.Argument(help="of tests_of_change/<name>.toml")] = None,
    is_declared: Annotated[bool, typer.Option("--declare", help="note the declaration before its result is known")] = False,
    is_listed: Annotated[bool, typer.Option("--list", help="every test of change, when it was declared, its verdict")] = False,
    version: Annotated[str | None, typer.Option("--release", metavar="VERSION", help="evaluate from this release")] = None,
) -> None:
    """Say what another way of working did to cost, from a release, as declared in tests_of_change/NAME.toml."""
    if is_listed == (name is not None) or (is_declared and (is_listed or version)):
        raise IrfError("give irf evaluate NAME, irf evaluate --declare NAME, or irf evaluate --list")
    if name is None:
        _list(data_root())
    elif is_declared:
        _declare(data_root(), name)
    else:
        _evaluate(data_root(), name, version)


def _declare(root: DataRoot, name: str) -> None:
    from pipelines.evaluation.declaration import read_declaration
    from pipelines.evaluation.registration import check_words, declare, noted, remarks
    from pipelines.lock import alone_for_a_moment

    declared = read_declaration(root, name)
    check_words(root, declared)
    with alone_for_a_moment(root):
        entry = declare(root, declared)
        said = remarks(noted(root, name), declared)
    say(f"declared {name}: sha256 {entry.declaration_sha256}, figures known to {entry.known_through or 'no month yet'}")
    for remark in said:
        say(f"warning: {remark}")


def _list(root: DataRoot) -> None:
    from pipelines.evaluation.declaration import names_of
    from pipelines.evaluation.kept import kept_results
    from pipelines.evaluation.registration import noted

    results = kept_results(root)
    for name in sorted({*names_of(root), *(of for of, _, _ in results)}):
        entries = noted(root, name)
        say(f"{name}: " + (f"declared {entries[0].declared_at:%Y-%m-%d}" if entries else "not declared"))
        for version, result in ((version, result) for of, version, result in results if of == name):
            unread = f"cannot be read; run irf evaluate {name} --release {version}"
            say(f"  {version}: " + (f"{result.verdict.value}. {result.answer}" if result else unread))


def _evaluate(root: DataRoot, name: str, version: str | None) -> None:
    from pipelines.evaluation.evaluate import evaluate_release
    from pipelines.evaluation.kept import keep, page_file
    from pipelines.lock import alone_for_a_moment
    from pipelines.report.remake import remake_report

    release = release_folder(version)
    with alone_for_a_moment(root):
        evaluated = evaluate_release(root, release, name)
        keep(root, evaluated)
        remake_report(root, release.name)
    result = evaluated.result
    say(f"{name}, release {result.version}: {result.verdict.value}. {result.answer}")
    for sentence in (*result.remarks, *result.reasons, *result.cautions):
        say(f"  {sentence}")
    say(f"page: {page_file(root, name, result.version)}")
