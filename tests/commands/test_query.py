"""`irf query` reads a release and nothing else, wherever the release lies."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import BuildWorld, IrfAt, made


@pytest.fixture(scope="module")
def root(published: BuildWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published data root in a folder whose name is a pattern, with a file beside it that is nobody's business."""
    root = Path(shutil.copytree(published(), tmp_path_factory.mktemp("shares") / "[Finance] it's * 1?"))
    (root.parent / "secret.csv").write_text("a\nthe key to everybody\n", "utf-8")
    return root


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{root}/secure/pseudonym.key')",
        "SELECT * FROM read_blob('{root}/secure/pseudonym.key')",
        "SELECT * FROM '{link}'",
        "SELECT * FROM read_csv('{root}/../secret.csv')",
        "SELECT * FROM read_csv('{root}/releases/2025.05.1/../../../secret.csv')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('{root}/*')",
        "SELECT getenv('HOME')",
        "SELECT * FROM root",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "COPY person TO '{root}/releases/2025.05.1/person/all.parquet'",
        "COPY person TO '{root}/releases/2025.05.1/more.parquet'",
        "SELECT 1; COPY person TO '/tmp/people.csv'",
        "COPY (PIVOT person ON sex USING count(*)) TO '{root}/releases/2025.05.1/more.parquet'",
        "ATTACH '{root}/releases/2025.05.1/more.db'",
        "EXPORT DATABASE '{root}/releases/2025.05.1/more'",
        "CREATE TABLE more AS SELECT 1",
        "INSTALL httpfs",
    ],
)
def test_nothing_but_the_release_is_read_and_nothing_is_written(root: Path, irf_at: IrfAt, sql: str) -> None:
    before, paths = there_in(root), {"root": root, "link": made(root, "core", "link")}
    assert paths["link"].is_file()
    code, printed = irf_at(root, "query", sql.format(**{name: str(path).replace("'", "''") for name, path in paths.items()}))
    assert code == 1, printed
    assert printed.startswith("error: query: ")
    assert len(printed.splitlines()) == 1
    assert "key to everybody" not in printed
    assert there_in(root) == before


def there_in(root: Path) -> dict[Path, tuple[int, int]]:
    """Every file of the releases, its size and when it was written."""
    return {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in (root / "releases").rglob("*")}


@pytest.mark.parametrize("version", ["..", "../..", ".", "", "2025.05.1/../2025.05.1", "/etc", "2025.05.9"])
@pytest.mark.parametrize("command", [("report", "--no-open"), ("sign-off", "--by", "A", "--role", "B")])
def test_a_release_is_one_that_is_listed(root: Path, irf_at: IrfAt, command: tuple[str, ...], version: str) -> None:
    (root / "manifest.json").write_text("{}", "utf-8")
    code, printed = irf_at(root, *command, version)
    assert code == 1
    assert printed == f"error: releases/{version}: no such release; `irf releases` lists them\n"


@pytest.mark.parametrize("version", ["..", "../..", ".", "", "./2025.05.1", "/etc", "2025.05.9", "{root}", "{root}/secure"])
def test_what_is_no_release_is_not_queried(root: Path, irf_at: IrfAt, version: str) -> None:
    (root / "manifest.json").write_text("{}", "utf-8")
    code, printed = irf_at(root, "query", "SELECT 1", "--release", version.format(root=root))
    assert code == 1
    assert printed.endswith(
        (
            ": no such release; `irf releases` lists them\n",
            ": has no manifest of a release\n",
            ": there is no such folder of a release\n",
        )
    )


def test_a_release_is_queried_wherever_it_is(
    root: Path, tmp_path: Path, irf_at: IrfAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(root / "releases" / "2025.05.1", tmp_path / "2025.05.1")
    monkeypatch.chdir(tmp_path)
    empty = tmp_path / "nowhere"
    code, printed = irf_at(empty, "query", "SELECT count(*) > 0 AS has_lines FROM cost_line", "--release", "./2025.05.1")
    assert code == 0 and "true" in printed, printed
    code, printed = irf_at(empty, "verify", "2025.05.1")
    assert code == 1 and printed.endswith("; the release of that name that lies here is ./2025.05.1\n")


@pytest.mark.parametrize("is_link", [False, True])
def test_a_file_that_is_none_of_a_release_is_said_in_one_line(root: Path, tmp_path: Path, irf_at: IrfAt, is_link: bool) -> None:
    copy, outside = shutil.copytree(root / "releases" / "2025.05.1", tmp_path / "copy"), tmp_path / "outside.parquet"
    shutil.copyfile(next((copy / "service").glob("*.parquet")), outside)
    if is_link:
        (copy / "service" / "z.parquet").symlink_to(outside)
    else:
        (copy / "service" / "z.parquet").write_bytes(b"no table")
    code, printed = irf_at(root, "query", "SELECT * FROM service", "--release", copy)
    assert code == 1 and printed.startswith("error: query: ") and "nobody foresaw" not in printed, printed


def test_a_data_root_may_be_called_anything(root: Path, irf_at: IrfAt) -> None:
    code, printed = irf_at(root, "query", "SELECT count(*) > 0 AS has_lines, sum(difference) AS difference FROM control_total")
    assert code == 0, printed
    assert "true" in printed
    assert "0.00" in printed
    code, printed = irf_at(root, "query", "DESCRIBE person")
    assert code == 0, printed
    assert irf_at(root, "verify")[0] == 0
