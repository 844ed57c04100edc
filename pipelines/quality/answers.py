"""What Great Expectations answered, kept for the report.

Belongs here: the file that is kept. Does not belong here: running the suites (`expectations.py`), the page that shows the answers
(`pipelines/report/pages/made.py`). It holds counts, verdicts and our sentences, and no value of a record.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pipelines.quality.expectations import SuiteResult

ANSWERS = "answers.json"


def write_answers(results: Sequence[SuiteResult], out: Path) -> None:
    """Write every answer of every table into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    body = [{"table": r.table, "answers": [asdict(a) for a in r.answers]} for r in results]
    (out / ANSWERS).write_text(json.dumps(body, indent=1) + "\n", "utf-8")
