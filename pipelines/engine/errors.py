"""The errors a user sees: one line that says what, where and what to do, and never a value from a record.

Belongs here: their kinds. Does not belong here: making a text safe to show (`said.py`), the exit codes (`pipelines/commands/main.py`).
"""

from collections.abc import Sequence

from pipelines.engine.said import said


class IrfError(Exception):
    """A step cannot go on (exit 1). The text is safe to show: it names files and columns, never a person."""

    def __init__(self, text: str) -> None:
        super().__init__(said(text))


class Stopped(Exception):
    """Somebody stopped it (exit 1). The text says what stands and what to do."""


class GateRefused(Exception):
    """The gate refused the release (exit 3). `reasons` are one line each, and so are the warnings that it gave besides."""

    def __init__(self, reasons: list[str], warnings: Sequence[str] = ()) -> None:
        self.warnings = list(warnings)
        self.reasons = [said(reason) for reason in reasons]
        super().__init__("; ".join(self.reasons))


SHOWN_PROBLEMS = 10
"""How many problems one error lists."""


def listed(problems: Sequence[str]) -> str:
    """Problems in one line, the first of them in words and the others counted."""
    more = f"; and {len(problems) - SHOWN_PROBLEMS:,} more" if len(problems) > SHOWN_PROBLEMS else ""
    return "; ".join(problems[:SHOWN_PROBLEMS]) + more
