"""Files of ledgers by hand, and what is read of them. The people, codes and amounts are made up.

Belongs here: writing a file, reading it, the refusal of one. Does not belong here: parts of workbooks (`tests/workbooks.py`).
"""

from pathlib import Path

import pytest

from pipelines.ingest.landing import Landed, sha256_of
from pipelines.ingest.reading.read import Refused, read_text
from tests.workbooks import sheet, write_workbook

Records = list[dict[str, object]]
HEADER = "cost_code,account_name,month,amount"
GOOD = HEADER + "\nC1,Care at home,2025-04,12.50\nC2,,2025-04,-3.00\n"


def records(path: Path, feed: str = "ledger") -> Records:
    found = [record for batch in read_text(path, feed) for record in batch.to_pylist()]
    # Under the canonical headers a record is one row.
    assert all(record.pop("row_count") == 1 for record in found)
    return found


def of(name: str, found: Records) -> list[object]:
    return [record[name] for record in found]


def csv_file(folder: Path, content: str | bytes, encoding: str = "utf-8", name: str = "2025-04.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def refusal(path: Path, feed: str = "ledger") -> tuple[str, str]:
    with pytest.raises(Refused) as raised:
        records(path, feed)
    return raised.value.rule_id, str(raised.value)


def workbook(folder: Path, rows: str) -> Path:
    write_workbook(folder / "2025-04.xlsx", sheet(rows))
    return folder / "2025-04.xlsx"


def landed(path: Path) -> Landed:
    return Landed("angus", "ledger", "2025-04", 0, path, sha256_of(path) if path.is_file() else "")
