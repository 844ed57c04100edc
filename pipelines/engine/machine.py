"""What of the machine a run may use: `IRF_MEMORY_LIMIT`, `IRF_THREADS`, and what holds where they are not given.

Belongs here: reading and checking them. Does not belong here: giving them to DuckDB (`database.py`).
"""

import os
import re

from pipelines.engine.errors import IrfError

LARGEST_DEFAULT_BYTES = 4_000_000_000
MEGABYTE = 1_000_000
SIZE = re.compile(r"(?P<number>[0-9]{1,6}(\.[0-9]+)?) ?(?P<unit>[MGT])i?B", re.IGNORECASE)
MEGABYTES = {"M": 1, "G": 1_000, "T": 1_000_000}
LEAST_MEGABYTES = 100
MOST_THREADS = 1_024
REST_MEGABYTES = 2_400
"""What Python, DuckDB beyond its limit, and the files that are written need at most, whatever the data: DuckDB has all but that."""
SHARE_OF_DUCKDB = 0.4
"""Of the memory of a run, where that is more."""
SHARE_OF_LITTLE, LITTLE_MEGABYTES = 0.55, 550
"""Of little memory DuckDB has a larger share, up to what the largest SELECT of a year of Tayside needs."""


def memory_limit() -> str:
    """The memory that DuckDB may take, as `1600MB`: a part of what a run may.

    A run may take what `IRF_MEMORY_LIMIT` says; by default 4 GB or half of the machine's, whichever is less. Raises IrfError where
    that is no size.
    """
    given = os.environ.get("IRF_MEMORY_LIMIT")
    if not given:
        megabytes = min(LARGEST_DEFAULT_BYTES, _memory_bytes() // 2) / MEGABYTE
    else:
        size = SIZE.fullmatch(given)
        megabytes = float(size["number"]) * MEGABYTES[size["unit"].upper()] if size else 0
        if megabytes < LEAST_MEGABYTES:
            raise IrfError(f"IRF_MEMORY_LIMIT is {given}; write a size from {LEAST_MEGABYTES}MB on, as 3GB or 500MB")
    of_little = min(megabytes * SHARE_OF_LITTLE, LITTLE_MEGABYTES)
    return f"{int(max(megabytes - REST_MEGABYTES, megabytes * SHARE_OF_DUCKDB, of_little))}MB"


def threads() -> int:
    """The threads that DuckDB may use: by default one for each core. Raises IrfError where `IRF_THREADS` is no such number."""
    given = os.environ.get("IRF_THREADS")
    if not given:
        return os.cpu_count() or 1
    if not re.fullmatch("[0-9]{1,4}", given) or not 1 <= int(given) <= MOST_THREADS:
        raise IrfError(f"IRF_THREADS is {given}; write a whole number from 1 to {MOST_THREADS}")
    return int(given)


def _memory_bytes() -> int:
    """The memory of the machine; where the system does not tell, enough for the default."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2 * LARGEST_DEFAULT_BYTES
