"""Reading a document as its tests do: its fenced blocks, its prose, what it names.

Belongs here: what a document says. Does not belong here: whether that is true (`test_documents.py`, `test_commands.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests import REPOSITORY

DOCUMENTS = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]
RUN = ("sh", "python", "sql")
NOT_RUN = ("text", "r", "powerquery", "toml")


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


def shell_of(document: Path) -> str:
    """Every command of a document, from its sh blocks without their comments and its `backticks`, one a line."""
    blocks = [re.sub(r"(?m)(^|\s)#.*$", "", block.code) for block in blocks_of(document) if block.language == "sh"]
    return "\n".join([*blocks, *code_spans_of(document)])


def unsaid(names: Iterable[str], document: Path) -> list[str]:
    """The names that do not stand in `backticks` in a document."""
    said = code_spans_of(document)
    return [name for name in names if name not in said]


def written(folder: Path, language: str, code: str) -> Path:
    """A document with one block whose code starts in line 4."""
    document = folder / "untrue.md"
    document.write_text(f"# Untrue\n\n```{language}\n{code}\n```\n", "utf-8")
    return document
