"""The made Taysides that are measured: how large each is, and making one once.

Belongs here: sizes, and the folder where a made world is kept. Does not belong here: what is in a world (`pipelines/synth/`).
"""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pipelines.commands.world import months_of
from tests import REPOSITORY

IRF = Path(sys.executable).with_name("irf")
SECONDS_PER_MINUTE = 60
TAYSIDE, SCOTLAND = 417_650, 5_500_000
_MADE_BY = ("pipelines/synth/**/*.py", "schemas/*.py", "schemas/feeds/*.py", "schemas/reference/*.py", "data/reference/*.csv")


@dataclass(frozen=True)
class Scale:
    """The size of a world. Its files are of one month more than `months`: that one comes later, by itself.

    peer_limit_s: after how many seconds the peer is stopped; None where it is not run at all.
    """

    people: int
    months: int = 12
    mess: str = "standard"
    peer_limit_s: int | None = 30 * SECONDS_PER_MINUTE

    @property
    def periods(self) -> list[str]:
        """Its months, as 2025-04, that of the later files last."""
        return [f"{day:%Y-%m}" for day in months_of(str(self.months + 1))]


SCALES = {
    "tiny": Scale(1_500, 2, mess="none"),
    "small": Scale(5_000, 3),
    "eighth": Scale(TAYSIDE // 8),
    "quarter": Scale(TAYSIDE // 4),
    "half": Scale(TAYSIDE // 2),
    "tayside": Scale(TAYSIDE),
    "double": Scale(TAYSIDE * 2, peer_limit_s=None),
    "scotland": Scale(SCOTLAND, peer_limit_s=None),
}
"""By name. `tiny` is for the tests of the benchmark: its clients are those that the peer links too."""


def kept_world(name: str, folder: Path) -> Path:
    """The world of a scale, made under a folder where the same code has not made it there before."""
    world = folder / f"{name}-{_key(SCALES[name])}"
    if not world.exists():
        scale, unfinished = SCALES[name], world.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        made = ["--people", str(scale.people), "--months", str(scale.months + 1), "--mess", scale.mess]
        subprocess.run([IRF, "synth", *made, "--out", unfinished], check=True, stdout=subprocess.DEVNULL)
        unfinished.rename(world)
    return world


def identity(world: Path) -> str:
    """A hash of every file of a world: the same in two clones whose code makes the same world."""
    return hashlib.sha256((world / "made.sha256").read_bytes()).hexdigest()[:16]


def _key(scale: Scale) -> str:
    """A hash of all that decides what is in a world."""
    digest = hashlib.sha256(json.dumps([scale.people, scale.periods, scale.mess]).encode())
    for path in sorted(path for pattern in _MADE_BY for path in REPOSITORY.glob(pattern)):
        digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
