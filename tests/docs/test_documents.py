"""The documents are whole and true: links, paths, tables, commands and targets are there, and nothing a user meets goes unsaid."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from pipelines.commands.main import app
from schemas.analysis_codes import InequalityMeasure
from schemas.core import CORE
from schemas.feeds import FEEDS
from schemas.published import PUBLISHED
from schemas.reference import OPTIONAL, REFERENCE
from tests import REPOSITORY
from tests.docs.reading import DOCUMENTS, NOT_RUN, RUN, blocks_of, code_spans_of, prose_of, shell_of, unsaid, written

READERS = ("## Finance officer", "## Analyst", "## Auditor")
LINES_TO_A_RESULT = 15


def unrun(document: Path) -> list[str]:
    """The blocks that are neither run nor of a kind that cannot be."""
    return [f"{b.place}: ```{b.language}" for b in blocks_of(document) if b.language not in RUN + NOT_RUN]


def dead_links(document: Path) -> list[str]:
    """The relative links of a document that lead to no file, or to no heading in it."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose_of(document))
    return [target for target in targets if not re.match(r"[a-z]+:", target) and not _leads_somewhere(document, target)]


def _leads_somewhere(document: Path, target: str) -> bool:
    """Whether a link's file is there, and in it the heading that the part after # names."""
    name, _, heading = target.partition("#")
    file = document.parent / name if name else document
    if not file.exists() or not heading:
        return file.exists()
    headings = re.findall(r"(?m)^#+ (.+)$", prose_of(file))
    return heading in [re.sub(r"[^\w -]", "", h.lower()).strip().replace(" ", "-") for h in headings]


def dead_paths(document: Path) -> list[str]:
    """The paths of the repository that a document names in `backticks` and that are not there. `<name>` is any name."""
    ours = re.compile(r"(assets|docs|pipelines|schemas|sql|tests|data/reference|\.ci)/\S*")
    named = [span for span in code_spans_of(document) if ours.fullmatch(span)]
    return [n for n in named if not any(REPOSITORY.glob(re.sub(r"<\w+>", "*", n).rstrip("/")))]


TABLES = {*CORE, *PUBLISHED, *FEEDS, *REFERENCE, *OPTIONAL}
_IN_A_LAYER = re.compile(r"(?:work/[^/]+/)?(?:raw|staged|quarantine|core|mart)[/.]([a-z_]+)(?:\.parquet|/)?")
_CALLED_TABLES = re.compile(r"\b[Tt]ables? (`\w+`(?:(?:, | and | or |, and )`\w+`)*)")


def dead_tables(document: Path) -> list[str]:
    """The tables that a document names and that are not there: after the word table, or in a layer, as `core/record`."""
    prose = " ".join(prose_of(document).split())
    called = [name for names in _CALLED_TABLES.findall(prose) for name in re.findall(r"`(\w+)`", names)]
    in_layers = [found[1] for span in code_spans_of(document) if (found := _IN_A_LAYER.fullmatch(span))]
    return [name for name in called + in_layers if name not in TABLES]


IRF: Any = typer.main.get_command(app)
"""The command line as typer makes it: its commands, and theirs, with their options."""


def commands() -> set[str]:
    """The subcommands that `irf --help` lists."""
    return set(IRF.commands)


def options_of(command: Any) -> set[str]:
    """The options of a command; `--data` may stand anywhere, and help is everywhere."""
    named = {name for option in command.params for name in (*option.opts, *option.secondary_opts) if name.startswith("-")}
    return {*named, "--data", "--help", "-h"}


def calls_in(document: Path) -> list[list[str]]:
    """The words after each `irf` that a document speaks of, without brackets around what may be left out."""
    lines = shell_of(document).replace("\\\n", " ")
    return [[word.strip("[]\"'") for word in call.split()] for call in re.findall(r"\birf ([^|;&#\n]*)", lines)]


def commands_in(document: Path) -> set[str]:
    """The subcommands of `irf` that a document speaks of."""
    return set(re.findall(r"\birf (?:--data \S+ )?([a-z]+(?:-[a-z]+)*)\b", shell_of(document)))


def dead_in_call(words: Sequence[str]) -> list[str]:
    """What a call of `irf` names and that is not there: a subcommand of a group, or an option."""
    command, dead, rest = IRF, [], iter(words)
    for word in rest:
        if word == "--data":
            next(rest, None)
        elif word.startswith("-"):
            dead += [word] if word.partition("=")[0] not in options_of(command) else []
        elif hasattr(command, "commands") and word in command.commands:
            command = command.commands[word]
        elif hasattr(command, "commands") and re.fullmatch("[a-z-]+", word):
            return [*dead, word]
    return dead


def dead_options(document: Path) -> list[str]:
    """Of every call of `irf` what is not there, and every option in `backticks` by itself that no command has."""
    alone = [span.split()[0] for span in code_spans_of(document) if span.startswith("--")]
    known = options_of(IRF).union(*(options_of(c) for c in IRF.commands.values()))
    return [word for words in calls_in(document) for word in dead_in_call(words)] + [o for o in alone if o not in known]


def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"(?m)^([a-z-]+):", (REPOSITORY / "Makefile").read_text("utf-8")))


def targets_in(document: Path) -> set[str]:
    """The targets of `make` that a document speaks of."""
    calls = re.findall(r"(?m)^(?:\w+=\S+ )*make ([a-z -]+)", shell_of(document))
    return {target for call in calls for target in call.split()}


def lines_to_a_result(heading: str, document: Path) -> int:
    """How many lines below a heading the first block that runs has been read."""
    start = document.read_text("utf-8").splitlines().index(heading) + 1
    first = next(b for b in blocks_of(document) if b.line > start and b.language in RUN)
    return first.line + first.code.count("\n") - start


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.relative_to(REPOSITORY).as_posix())
def test_document_is_whole(document: Path) -> None:
    assert unrun(document) == []
    assert dead_links(document) == []
    assert dead_paths(document) == []
    assert dead_tables(document) == []
    assert dead_options(document) == []
    assert targets_in(document) <= targets()


def test_every_command_is_described_and_no_other() -> None:
    assert set().union(*map(commands_in, DOCUMENTS)) == commands()


def test_every_reference_table_is_described() -> None:
    assert unsaid([f"{name}.csv" for name in {**REFERENCE, **OPTIONAL}], REPOSITORY / "docs" / "architecture.md") == []


def test_every_measure_of_inequality_is_described() -> None:
    assert unsaid([measure.value for measure in InequalityMeasure], REPOSITORY / "docs" / "analysis.md") == []


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_is_at_a_result_soon(reader: str) -> None:
    assert lines_to_a_result(reader, REPOSITORY / "README.md") <= LINES_TO_A_RESULT


# The test bites: documents that are not true, and what is found.


def test_an_untagged_block_is_found(tmp_path: Path) -> None:
    assert unrun(written(tmp_path, "", "irf status")) == ["untrue.md:4: ```"]
    assert unrun(written(tmp_path, "bash", "irf status")) == ["untrue.md:4: ```bash"]


def test_an_unclosed_block_is_found(tmp_path: Path) -> None:
    document = tmp_path / "untrue.md"
    document.write_text("```sh\ntrue\n", "utf-8")
    with pytest.raises(AssertionError, match=r"untrue\.md:1"):
        blocks_of(document)


def test_dead_links_paths_and_commands_are_found(tmp_path: Path) -> None:
    document = tmp_path / "untrue.md"
    document.write_text(
        "# A b, c\n[a](untrue.md) [b](#a-b-c) [c](https://example.org) [d](gone.md) [e](untrue.md#e) "
        "`sql/core/gone.sql` `sql/core/cost_line.sql` "
        "`sql/core/<name>.sql` `irf gone` `irf --data DIR status` `make gone` `make test lost-too`\n",
        "utf-8",
    )
    assert dead_links(document) == ["gone.md", "untrue.md#e"]
    assert dead_paths(document) == ["sql/core/gone.sql"]
    assert commands_in(document) - commands() == {"gone"}
    assert targets_in(document) - targets() == {"gone", "lost-too"}


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("Table `cost_line`, tables `bridge` and\n`bridge_to_date`; `no_table` by the way", []),
        ("The table `cost_lines` and tables `bridge`, `bridge_ahead`", ["cost_lines", "bridge_ahead"]),
        ("`core/record` `core/refresh/` `work/<period>/mart/person/` `staged.home_care` `core/`", []),
        ("`core/records` `work/<period>/mart/persons.parquet` `staged.home_carer`", ["records", "persons", "home_carer"]),
    ],
)
def test_tables_that_are_not_there_are_found(text: str, dead: list[str], tmp_path: Path) -> None:
    document = tmp_path / "untrue.md"
    document.write_text(text, "utf-8")
    assert dead_tables(document) == dead


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("`irf refresh --period 2025-06 [--note TEXT]` `irf review import FILE` `irf --data gone status` `--errors`", []),
        ("`irf status --help` `irf -h` `irf --version` `irf verify --data DIR --landing`", []),
        ("`irf refresh --month 2025-06` `irf verify [--note]` `--gone`", ["--month", "--note", "--gone"]),
        ("`irf review undo` `irf gone --period 2025-06`", ["undo", "gone"]),
        ("```sh\nirf synth --people 9 \\\n  --seeds 1\nirf query 'SELECT 1' --realise 2\n```", ["--seeds", "--realise"]),
    ],
)
def test_commands_and_options_that_are_not_there_are_found(text: str, dead: list[str], tmp_path: Path) -> None:
    document = tmp_path / "untrue.md"
    document.write_text(text, "utf-8")
    assert dead_options(document) == dead


def test_what_is_not_said_and_what_is_said_late_is_found(tmp_path: Path) -> None:
    document = tmp_path / "untrue.md"
    document.write_text("## Reader\n\n`simd.csv`, but rows\n\n```text\nnot run\n```\n\n```sh\ntrue\nirf status\n```\n", "utf-8")
    assert unsaid(["simd.csv", "rows"], document) == ["rows"]
    assert lines_to_a_result("## Reader", document) == 11
