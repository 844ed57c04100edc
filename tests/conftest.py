"""What all tests share: small worlds of people who are not real, and refreshes of them."""

import csv
import datetime
import io
import itertools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pytest

import assets.release
import tests
from pipelines.commands import main as cli
from pipelines.engine.database import open_database
from pipelines.ingest.intake import open_tables
from pipelines.ingest.landing import FILE_NAME
from pipelines.quality import expectations, gate
from pipelines.refresh import Published, prepare_dagster, refresh, refresh_recorded_in
from pipelines.synth import make_world
from pipelines.warehouse.root import DataRoot
from pipelines.warehouse.tables import Tables
from pipelines.warehouse.work import Work
from tests.history import forgetful_history, no_pages
from tests.once import asked_once, made_once, unwaited
from tests.small_world import small_world as small_world

SHARED = Path(__file__).resolve().parents[2] / "shared"
PEOPLE = 1_500
MONTHS = [datetime.date(2025, 4, 1), datetime.date(2025, 5, 1)]
PERIOD = "2025-05"
SEPARATORS = ",;\t|"
BuildWorld = Callable[..., Path]
IrfAt = Callable[..., tuple[int, str]]


def quiet(text: str) -> None:
    """Progress that nobody watches."""


def run(root: Path, period: str = PERIOD, note: str | None = None, defs: dg.Definitions | None = None) -> Published:
    """Refresh a data root, and publish though nothing has changed. No history is kept of it and no page is made, which is faster;
    `published` and `irf` do as users do.
    """
    prepare_dagster(DataRoot(root))
    with forgetful_history() as history, pytest.MonkeyPatch.context() as patched:
        patched.setattr(assets.release, "write_site", no_pages)
        return refresh_recorded_in(history, DataRoot(root), period, note, quiet, again=True, defs=defs)


@pytest.fixture(scope="session", autouse=True)
def done_once() -> Iterator[None]:
    """Great Expectations answers once about tables of the same content, and nothing waits for the disk."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gate, "run_suites", asked_once(expectations.run_suites))
        patched.setattr(os, "fsync", unwaited)
        # PySpark takes a process without a main file, as those of pytest-xdist are, for one of its doctests, and ends it.
        patched.setattr(sys.modules["__main__"], "__file__", tests.__file__, raising=False)
        yield


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees another's data root: what a refresh sets is taken back. Nothing is left in the folder tests are run from."""
    for name in ("IRF_DATA", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "unset")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path_factory.getbasetemp() / "dagster"))
    for name in ("IRF_DATA", "IRF_PSEUDONYM_KEY_FILE", "IRF_SIGNING_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def for_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every process of `make test` sees, each of which has one of its own below it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def world(for_all: Path) -> BuildWorld:
    """Makes a world once for each mess and seed; take a copy of it (`copy_of`) to change anything."""

    def build(mess: str = "standard", seed: int = 1) -> Path:
        return made_once(for_all / f"world-{mess}-{seed}", lambda root: make_world(root, PEOPLE, MONTHS, seed, mess))

    return build


@pytest.fixture(scope="session")
def published(world: BuildWorld, for_all: Path) -> BuildWorld:
    """The data root of a world after one refresh; not to be changed."""

    def refreshed(root: Path, source: Path) -> None:
        shutil.copytree(source, root)
        refresh(DataRoot(root), PERIOD, None, quiet)

    def build(mess: str = "standard", seed: int = 1) -> Path:
        return made_once(for_all / f"published-{mess}-{seed}", lambda root: refreshed(root, world(mess, seed)))

    return build


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a data root that a test may change."""

    def copy(root: Path) -> Path:
        return Path(shutil.copytree(root, tmp_path / "data"))

    return copy


@pytest.fixture(scope="session")
def reading(for_all: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database as files are read and validated in, once for all tests: it may read every folder of theirs."""
    with open_database(for_all) as connection:
        yield connection


@pytest.fixture
def irf_at(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> IrfAt:
    """Runs the command on a data root; gives its exit code and all it printed."""

    def call(root: Path, *arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["irf", "--data", str(root), *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        printed = capfd.readouterr()
        return int(stopped.value.code or 0), printed.out + printed.err

    return call


@pytest.fixture
def no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's refreshes keep as little history as those of `run`, for tests that are about something else."""
    monkeypatch.setattr(dg.DagsterInstance, "get", forgetful_history)


def tables_of(root: Path, period: str = PERIOD) -> Tables:
    """The tables of a refresh of a data root."""
    return open_tables(Work(DataRoot(root), period))


def made(root: Path, layer: str, name: str, period: str = PERIOD) -> Path:
    """The file of a table of core or mart that is one file, as a refresh of a data root has made it."""
    return Work(DataRoot(root), period).table(layer, name) / "all.parquet"


def validated_before(source: Path, root: Path) -> None:
    """Give a data root what an earlier refresh of another has validated: files that are the same are not validated again."""
    for folder in ("raw", "staged", "quarantine", "state/submissions"):
        shutil.copytree(source / folder, root / folder)


def shared(name: str) -> Path:
    """A folder of the real published files; skips, loudly, where they are not."""
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED: the real published files ({folder.name}) are not beside this repository")
    return folder


def text_of(file: Path) -> str:
    """The text of a file in any encoding that synthetic agencies use."""
    content = file.read_bytes()
    if content.startswith(b"\xff\xfe"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def titles_of(file: Path) -> list[str]:
    """The rows above the header of a synthetic file: those that have one field."""
    return list(itertools.takewhile(lambda line: not set(line) & set(SEPARATORS), text_of(file).split("\n")))


def rows_of(file: Path) -> list[dict[str, str]]:
    """The records of a synthetic file as dictionaries, read by Python's own csv module."""
    text = text_of(file).split("\n", len(titles_of(file)))[-1]
    separator = max(SEPARATORS, key=text.split("\n", 1)[0].count)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def pounds(text: str) -> Decimal:
    """An amount as synthetic files write it: plain, with £ and commas or blanks, in brackets, with any minus, CR or DR."""
    bare = text.removesuffix(" DR").removesuffix(" CR").translate(str.maketrans("\u2013\u2212", "--", "£,\u00a0"))
    is_credit = text.endswith(" CR") or text.startswith("(")
    amount = -Decimal(bare[:-1]) if bare.endswith("-") else Decimal(bare.strip("()"))
    return (-amount if is_credit else amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


def submissions_of(root: Path) -> list[Path]:
    """The files in landing that are submissions, in order."""
    return sorted(path for path in root.glob("landing/*/*/*") if FILE_NAME.fullmatch(path.name))
