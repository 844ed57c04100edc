"""The documents are true: every command in them runs, every link leads somewhere, nothing a user meets goes unsaid.

A fenced block tagged sh, python or sql is run as a reader would run it, in order, against one small demo. Any other tag
must be of a kind that cannot be run here. `make` is not run, but its targets must be there. The demo, a refresh, a
check of files and the status may end with warnings (exit code 2); everything else must end with 0.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import typer

from pipelines.commands.main import app
from schemas.reference import OPTIONAL, REFERENCE
from tests import REPOSITORY

DOCUMENTS = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]
RUN = ("sh", "python", "sql")
NOT_RUN = ("text", "r", "powerquery", "toml")
READERS = ("## Finance officer", "## Analyst", "## Auditor")
LINES_TO_A_RESULT = 15
SHELL = """
irf() {
    local code=0 argument
    command irf "$@" || code=$?
    if [ "$code" -eq 2 ]; then
        for argument in "$@"; do
            case "$argument" in demo | refresh | status | validate) return 0 ;; esac
        done
    fi
    return "$code"
}
make() {
    local target
    for target in "$@"; do
        grep -q "^$target:" Makefile || { echo "the Makefile has no target $target" >&2; return 2; }
    done
}
trap 'echo "stopped in line $LINENO" >&2' ERR
"""


@dataclass(frozen=True)
class Block:
    """A fenced block of a document. `line` is the document's line of its first line of code, from 1."""

    document: Path
    line: int
    language: str
    code: str

    @property
    def place(self) -> str:
        return f"{self.document.name}:{self.line}"


@dataclass(frozen=True)
class House:
    """A folder that looks to a reader like the repository after `make demo`, and the environment commands run in."""

    folder: Path
    environment: dict[str, str]

    @property
    def releases(self) -> Path:
        return self.folder / "data" / "releases"

    def latest(self) -> str:
        return str(json.loads((self.releases / "latest.json").read_text("utf-8"))["version"])


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demo, made once, in a data folder of its own."""
    folder = tmp_path_factory.mktemp("house")
    for entry in REPOSITORY.iterdir():
        if entry.name not in ("data", ".git"):
            (folder / entry.name).symlink_to(entry)
    ours = ("IRF_PSEUDONYM_KEY_FILE", "DAGSTER_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"IRF_DATA": str(folder / "data"), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    made = House(folder, environment)
    run(Block(Path("demo"), 1, "sh", "irf demo --people 1500 --months 2025-04..2025-06"), made)
    return made


def blocks_of(document: Path) -> list[Block]:
    """The fenced blocks of a document. Fails where one is not closed."""
    blocks, opened = [], None
    lines = document.read_text("utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.lstrip().startswith("```"):
            continue
        if opened is None:
            opened = (number, line.strip().removeprefix("```"))
        else:
            first, language = opened
            blocks.append(Block(document, first + 1, language, "\n".join(lines[first : number - 1]) + "\n"))
            opened = None
    assert opened is None, f"{document.name}:{opened and opened[0]}: the block is not closed"
    return blocks


def prose_of(document: Path) -> str:
    """A document without its fenced blocks."""
    return re.sub(r"^\s*```.*?^\s*```", "", document.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def code_spans_of(document: Path) -> list[str]:
    """What stands in `backticks` in a document's prose."""
    return re.findall(r"`([^`\n]+)`", prose_of(document))


def run(block: Block, house: House) -> None:
    """Run a block as a reader would. Fails with its place and all it printed when a command in it fails."""
    script = house.folder / f".{block.document.name}"
    # The code stands in the script on its own line of the document, so that errors name the document's lines.
    script.write_text("\n" * (block.line - 1) + block.code, "utf-8")
    preamble = house.folder / ".preamble"
    preamble.write_text(SHELL, "utf-8")
    command = {
        "sh": ["bash", "-euo", "pipefail", str(script)],
        "python": ["python", str(script)],
        "sql": ["irf", "query", block.code],
    }[block.language]
    done = subprocess.run(
        command,
        cwd=house.releases / house.latest() if block.language == "sql" else house.folder,
        env=house.environment | {"BASH_ENV": str(preamble)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{block.place}: exit code {done.returncode}\n{block.code}\n{done.stdout}"


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


def commands() -> set[str]:
    """The subcommands that `irf --help` lists."""
    return set(typer.main.get_group(app).commands)


def shell_of(document: Path) -> str:
    """Every command of a document, from its sh blocks and its `backticks`, one a line."""
    return "\n".join([*(b.code for b in blocks_of(document) if b.language == "sh"), *code_spans_of(document)])


def commands_in(document: Path) -> set[str]:
    """The subcommands of `irf` that a document speaks of."""
    return set(re.findall(r"\birf (?:--data \S+ )?([a-z]+)\b", shell_of(document)))


def targets_in(document: Path) -> set[str]:
    """The targets of `make` that a document speaks of."""
    return set(re.findall(r"(?m)^make ([a-z]+)", shell_of(document)))


def unsaid(names: Iterable[str], document: Path) -> list[str]:
    """The names that do not stand in `backticks` in a document."""
    said = code_spans_of(document)
    return [name for name in names if name not in said]


def lines_to_a_result(heading: str, document: Path) -> int:
    """How many lines below a heading the first block that runs has been read."""
    start = document.read_text("utf-8").splitlines().index(heading) + 1
    first = next(b for b in blocks_of(document) if b.line > start and b.language in RUN)
    return first.line + first.code.count("\n") - start


BLOCKS = [block for document in DOCUMENTS for block in blocks_of(document) if block.language in RUN]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_block_runs(block: Block, house: House) -> None:
    run(block, house)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_document_is_whole(document: Path) -> None:
    assert unrun(document) == []
    assert dead_links(document) == []
    assert dead_paths(document) == []


def test_every_command_is_described_and_no_other() -> None:
    assert set().union(*map(commands_in, DOCUMENTS)) == commands()


def test_every_target_spoken_of_is_in_the_makefile() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (REPOSITORY / "Makefile").read_text("utf-8")))
    assert set().union(*map(targets_in, DOCUMENTS)) <= targets


def test_every_reference_table_is_described() -> None:
    assert unsaid([f"{name}.csv" for name in {**REFERENCE, **OPTIONAL}], REPOSITORY / "docs" / "architecture.md") == []


def test_every_check_of_the_gate_is_explained(house: House) -> None:
    gate = json.loads((house.folder / "data" / "reports" / house.latest() / "gate.json").read_text("utf-8"))
    assert gate
    assert unsaid([check["name"] for check in gate], REPOSITORY / "docs" / "operating.md") == []


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_is_at_a_result_soon(reader: str) -> None:
    assert lines_to_a_result(reader, REPOSITORY / "README.md") <= LINES_TO_A_RESULT


# The test bites: documents that are not true, and what is found.


def written(folder: Path, language: str, code: str) -> Path:
    """A document with one block whose code starts in line 4."""
    document = folder / "untrue.md"
    document.write_text(f"# Untrue\n\n```{language}\n{code}\n```\n", "utf-8")
    return document


@pytest.mark.parametrize(
    ("language", "code", "said"),
    [
        ("sh", "false", "stopped in line 4"),
        ("sh", "true\nfalse\ntrue", "stopped in line 5"),
        ("sh", "false | true", "stopped in line 4"),
        ("sh", "echo $NOT_SET", "line 4"),
        ("sh", "true\nno-such-program", "line 5: no-such-program"),
        ("sh", "irf query 'SELECT * FROM no_such_table'", "no_such_table"),
        ("sh", "irf no-such-command", "no-such-command"),
        ("sh", "make no-such-target", "no target no-such-target"),
        ("python", "x = 1\nassert x == 2", "line 5"),
        ("sql", "SELECT no_such_column FROM person", "no_such_column"),
    ],
)
def test_a_failing_block_fails_the_test_at_its_line(language: str, code: str, said: str, house: House, tmp_path: Path) -> None:
    (block,) = blocks_of(written(tmp_path, language, code))
    with pytest.raises(AssertionError, match=r"untrue\.md:4: exit code") as failed:
        run(block, house)
    assert said in str(failed.value)


@pytest.mark.parametrize(
    ("command", "code", "is_success"),
    [
        ("irf refresh --period 2025-06", 0, True),
        ("irf refresh --period 2025-06", 2, True),
        ("irf --data elsewhere refresh --period 2025-06", 2, True),
        ("irf demo", 2, True),
        ("irf status", 2, True),
        ("irf validate x.csv", 2, True),
        ("irf validate x.csv", 3, False),
        ("irf refresh --period 2025-06", 3, False),
        ("irf refresh --period 2025-06", 1, False),
        ("irf verify", 2, False),
    ],
)
def test_only_these_may_end_with_warnings(command: str, code: int, is_success: bool, house: House, tmp_path: Path) -> None:
    stub = tmp_path / "bin" / "irf"
    stub.parent.mkdir()
    stub.write_text(f"#!/bin/sh\nexit {code}\n", "utf-8")
    stub.chmod(0o755)
    stubbed = replace(house, environment=house.environment | {"PATH": f"{stub.parent}:{house.environment['PATH']}"})
    (block,) = blocks_of(written(tmp_path, "sh", command))
    if is_success:
        run(block, stubbed)
    else:
        with pytest.raises(AssertionError, match=f"exit code {code}"):
            run(block, stubbed)


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
        "`sql/core/<name>.sql` `irf gone` `irf --data DIR status` `make gone`\n",
        "utf-8",
    )
    assert dead_links(document) == ["gone.md", "untrue.md#e"]
    assert dead_paths(document) == ["sql/core/gone.sql"]
    assert commands_in(document) - commands() == {"gone"}
    assert targets_in(document) == {"gone"}


def test_what_is_not_said_and_what_is_said_late_is_found(tmp_path: Path) -> None:
    document = tmp_path / "untrue.md"
    document.write_text("## Reader\n\n`simd.csv`, but rows\n\n```text\nnot run\n```\n\n```sh\ntrue\nirf status\n```\n", "utf-8")
    assert unsaid(["simd.csv", "rows"], document) == ["rows"]
    assert lines_to_a_result("## Reader", document) == 11
