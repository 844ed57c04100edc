"""A thousand lines and a thousand rows of a larger world of heavy mess: trace and fate agree with the files and with each other."""

import datetime
import random
from pathlib import Path

import pytest

from pipelines.synth import make_world
from tests.conftest import run
from tests.release.test_trail_draws import check_line, check_row, lines_in, sheets_of
from tests.release.trail_world import trail

pytestmark = pytest.mark.soak
DRAWN = 1_000


def test_a_thousand_lines_and_a_thousand_rows(tmp_path: Path) -> None:
    rng = random.Random(2026)
    make_world(tmp_path, 6_000, [datetime.date(2025, month, 1) for month in (4, 5, 6)], 11, "heavy")
    run(tmp_path, "2025-06")
    sheets = sheets_of(tmp_path)
    places = [(sheet, row) for sheet in sheets.values() for row in range(1, len(sheet.rows) + 1)]
    with trail(tmp_path) as asked:
        for sheet, row in rng.sample(places, DRAWN):
            check_row(asked, sheet, row)
        for line_id in lines_in(asked, rng, DRAWN):
            check_line(asked, sheets, line_id)
