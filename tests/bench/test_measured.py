"""What a process took is told: memory, bytes, how it ended, and what it printed; one that takes too long is stopped."""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.bench.measured import Measured, Sample, run

MEGABYTE = 1_000_000
HOLDS_AND_WRITES = """
import sys, time
held = bytearray(200_000_000)
held[::4096] = b"x" * len(held[::4096])
time.sleep(0.2)
del held
open(sys.argv[1], "wb").write(b"x" * 5_000_000)
time.sleep(0.2)
print("done")
"""


def python(code: str, *arguments: object, printed: Path, limit_s: float | None = None) -> Measured:
    return run([sys.executable, "-c", code, *map(str, arguments)], printed, limit_s)


def test_memory_and_bytes_are_those_of_the_process(tmp_path: Path) -> None:
    before = time.time()
    took = python(HOLDS_AND_WRITES, tmp_path / "written", printed=tmp_path / "printed")
    assert (took.ended, took.said) == (0, "done\n")
    assert before <= took.began <= time.time()
    assert took.peak_mb >= 200
    assert 5 <= took.written_mb < 6
    assert took.seconds >= 0.4
    # Half the time it held nothing any more.
    last = took.samples[-1].at
    assert (took.peak_between_mb(last - 0.1, last) or 0) < 150


def test_a_megabyte_is_a_million_bytes(tmp_path: Path) -> None:
    code = (
        "import time; held = b'x' * 200_000_000; print(open('/proc/self/statm').read().split()[1], flush=True); time.sleep(.3)"
    )
    took = python(code, printed=tmp_path / "printed")
    held_mb = int(took.said) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
    assert took.peak_mb == pytest.approx(held_mb, rel=0.01)


def test_what_it_printed_and_how_it_failed_is_told(tmp_path: Path) -> None:
    took = python("import sys; print('so', file=sys.stderr); sys.exit(3)", printed=tmp_path / "printed")
    assert (took.ended, took.said) == (3, "so\n")


def test_a_process_is_stopped_at_the_limit(tmp_path: Path) -> None:
    took = python("import time; time.sleep(60)", printed=tmp_path / "printed", limit_s=0.3)
    assert took.ended is None
    assert took.seconds < 30


def test_a_span_of_time_has_its_own_peak_bytes_and_processor_seconds() -> None:
    looks = ((1, 10, 0, 0.5), (2, 90, 4, 2.25), (3, 40, 9, 2.5), (4, 50, 9, 4.0))
    samples = [Sample(at, resident, 90.0, written, used) for at, resident, written, used in looks]
    took = Measured(0.5, 4.0, 1.0, 0, samples, "")
    assert (took.peak_between_mb(1.5, 2.5), took.written_between_mb(1.5, 2.5)) == (90, 4)
    assert (took.peak_between_mb(3.0, 4.0), took.written_between_mb(2.0, 4.0)) == (50, 5)
    assert (took.peak_between_mb(2.1, 2.2), took.written_between_mb(2.1, 2.2)) == (None, 0)
    assert (took.cpu_between_s(0.0, 1.0), took.cpu_between_s(1.5, 4.0), took.cpu_between_s(2.1, 2.2)) == (0.5, 3.5, 0)


def test_processor_seconds_are_seen_while_a_process_runs(tmp_path: Path) -> None:
    took = python("import time\nwhile time.process_time() < .5: pass\ntime.sleep(.2)", printed=tmp_path / "printed")
    assert 0.4 <= took.cpu_between_s(took.began, took.samples[-1].at) <= took.cpu_seconds
