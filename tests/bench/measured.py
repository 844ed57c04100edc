"""Running a command as a process of its own, and what it took: seconds, processor seconds, memory, bytes written.

Belongs here: what the system knows of a process (Linux). Does not belong here: which commands are measured (`run.py`).
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.02
_BYTES = 1_000_000
"""In a megabyte."""
_BYTES_PER_KIBIBYTE = 1_024
"""Of memory the system speaks in kibibytes, though it writes kB (proc_pid_status(5))."""
_USER_TICKS, _SYSTEM_TICKS = 11, 12
"""Where `utime` and `stime` stand in /proc/PID/stat behind the name (proc_pid_stat(5))."""


@dataclass(frozen=True)
class Sample:
    """A look at a process. at: seconds since 1970; written_mb: all it has written so far, spilled and temporary files too;
    cpu_seconds: all it has used so far.
    """

    at: float
    resident_mb: float
    peak_mb: float
    written_mb: float
    cpu_seconds: float


_NOTHING_YET = Sample(0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Measured:
    """What a process took. ended: its exit code; None where it was stopped at the limit. said: what it printed."""

    began: float
    seconds: float
    cpu_seconds: float
    ended: int | None
    samples: Sequence[Sample]
    said: str

    @property
    def peak_mb(self) -> float:
        """The most memory it held at once, as the system counts it."""
        return max((s.peak_mb for s in self.samples), default=0.0)

    @property
    def written_mb(self) -> float:
        """All that it wrote."""
        return max((s.written_mb for s in self.samples), default=0.0)

    def peak_between_mb(self, start: float, end: float) -> float | None:
        """The most memory seen between two moments; None where nobody looked in between."""
        return max((s.resident_mb for s in self.samples if start <= s.at <= end), default=None)

    def written_between_mb(self, start: float, end: float) -> float:
        """What it wrote between two moments."""
        return self._last_before(end).written_mb - self._last_before(start).written_mb

    def cpu_between_s(self, start: float, end: float) -> float:
        """The processor seconds it used between two moments, all cores together."""
        return self._last_before(end).cpu_seconds - self._last_before(start).cpu_seconds

    def _last_before(self, moment: float) -> Sample:
        return max((s for s in self.samples if s.at <= moment), key=lambda s: s.at, default=_NOTHING_YET)


def run(command: Sequence[str | Path], printed: Path, limit_s: float | None = None) -> Measured:
    """Run a command to its end, or to the limit. What it prints goes to a file first, so that no pipe holds it up."""
    began, samples, ended = time.time(), list[Sample](), None
    start = time.perf_counter()
    with printed.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if (sample := _look_at(process.pid)) is not None:
            samples.append(sample)
        if limit_s is not None and time.perf_counter() - start > limit_s:
            os.kill(process.pid, signal.SIGKILL)
            _, status, used = os.wait4(process.pid, 0)
            break
        time.sleep(_EVERY_S)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    is_over = limit_s is not None and seconds > limit_s
    ended = None if is_over else process.returncode
    return Measured(began, seconds, used.ru_utime + used.ru_stime, ended, samples, printed.read_text("utf-8"))


def _look_at(pid: int) -> Sample | None:
    """What the system says of a process now; None where it has just ended."""
    folder = Path("/proc") / str(pid)
    try:
        status, written = (_fields((folder / name).read_text("ascii")) for name in ("status", "io"))
        # What follows the name of the program, which is in brackets and may hold blanks.
        used = (folder / "stat").read_text("ascii").rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return None
    if "VmHWM" not in status:
        return None
    resident, peak = (int(status[name].split()[0]) * _BYTES_PER_KIBIBYTE / _BYTES for name in ("VmRSS", "VmHWM"))
    cpu_seconds = (int(used[_USER_TICKS]) + int(used[_SYSTEM_TICKS])) / os.sysconf("SC_CLK_TCK")
    return Sample(time.time(), resident, peak, int(written["wchar"]) / _BYTES, cpu_seconds)


def _fields(text: str) -> dict[str, str]:
    return {name: value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}
