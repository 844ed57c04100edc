"""Sheets of an Excel workbook in which every cell is text: a spreadsheet changes nothing in them and runs nothing.

Belongs here: how a text gets into a cell. Does not belong here: what a sheet says (`pipelines/ingest/validating/error_workbook.py`,
`pipelines/identity/review_sheet.py`).
Identifiers keep their leading zeros, and dates are not turned round. Where unfinished parts lie the caller says.
"""

import datetime
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

import xlsxwriter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet may take a cell that starts so for a formula."""
CELL_CHARACTERS = 32_767
"""What a cell of an Excel sheet can hold."""
SHEET_ROWS = 1_048_576
"""Rows of an Excel sheet, the header among them."""
_WAS_CUT = -2
"""What the library answers when it had to cut a text to that."""


@contextmanager
def text_workbook(file: BinaryIO, **options: Any) -> Iterator[xlsxwriter.Workbook]:
    """A workbook in `file` whose bytes depend on its sheets alone. options: of the library, as to where unfinished parts lie."""
    with xlsxwriter.Workbook(file, options) as workbook:
        # A fixed date, for the same sheets must make the same bytes.
        workbook.set_properties({"created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)})
        yield workbook


class TextSheet:
    """A sheet that is written row by row, every cell as text. `cut` counts cells longer than Excel can hold."""

    def __init__(self, workbook: xlsxwriter.Workbook, name: str) -> None:
        self.cut = 0
        self._sheet = workbook.add_worksheet(name)
        self._head = workbook.add_format({"bold": True, "num_format": "@"})
        self._text = workbook.add_format({"num_format": "@"})
        self._marked = workbook.add_format({"num_format": "@", "bg_color": "#FFE699"})
        # What Excel itself notes of a cell typed with a leading apostrophe: it stays text when it is edited.
        self._quoted = workbook.add_format({"num_format": "@", "quote_prefix": True})
        self._marked_quoted = workbook.add_format({"num_format": "@", "quote_prefix": True, "bg_color": "#FFE699"})
        self._row = 0

    def head(self, names: list[str], widths: list[int]) -> None:
        """The header row, which stays in sight. What is typed into a column later is text too."""
        for place, width in enumerate(widths):
            self._sheet.set_column(place, place, width, self._text)
        self._sheet.freeze_panes(1, 0)
        self._add(names, (), self._head)

    def add(self, texts: Sequence[str | None], marked: Collection[int] = ()) -> None:
        """One row; an absent value is an empty cell. marked: places of cells to colour."""
        self._add(texts, marked, self._text)

    def offer(self, place: int, values: list[str]) -> None:
        """Offer a choice of values in a column, in every row written so far."""
        self._sheet.data_validation(1, place, max(self._row - 1, 1), place, {"validate": "list", "source": values})

    def _add(self, texts: Sequence[str | None], marked: Collection[int], form: object) -> None:
        for place, text in enumerate(texts):
            if text:
                plain, quoted = (self._marked, self._marked_quoted) if place in marked else (form, self._quoted)
                result = self._sheet.write_string(self._row, place, text, quoted if text.startswith(FORMULA_STARTS) else plain)
                self.cut += result == _WAS_CUT
        self._row += 1
