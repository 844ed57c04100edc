"""A wheel carries every file of the packages, and what is installed from it works without the clone."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.engine.shipped import PACKAGES, shipped
from pipelines.engine.software import code_version
from pipelines.ingest.fingerprint import fingerprint
from tests import REPOSITORY

WITH_WARNINGS = 2
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-cache-dir", "--quiet")


def run(*command: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; what it printed is kept. It sees nothing of the environment of these tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IRF_", "DAGSTER_", "PYTHON", "PIP_"))}
    return subprocess.run(
        [str(word) for word in command], cwd=folder, env=kept | environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made of a copy of the repository, for the making leaves files in its folder."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "copy"
    for name in ("pyproject.toml", "LICENSE", "dagster.yaml"):
        copy.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, copy)
    for name in (*PACKAGES, "data/reference"):
        shutil.copytree(REPOSITORY / name, copy / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    made = run(*PIP, "wheel", copy, "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, folder=folder)
    assert made.returncode == 0, made.stdout + made.stderr
    (file,) = folder.glob("*.whl")
    return file


@dataclass(frozen=True)
class Installed:
    """An environment that has the wheel, and our dependencies but not the clone; and an empty folder to work in."""

    environment: Path
    folder: Path

    def run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return run(self.environment / "bin" / program, *arguments, folder=self.folder)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    made = Installed(tmp_path_factory.mktemp("environment"), tmp_path_factory.mktemp("elsewhere"))
    venv.create(made.environment, with_pip=False)
    python = made.environment / "bin" / "python"
    done = run(*PIP, "--python", python, "install", "--no-deps", "--no-index", wheel, folder=made.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (packages,) = (made.environment / "lib").glob("python*/site-packages")
    # A line of such a file adds a folder, whose own .pth files are not followed: the clone's is one of them.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return made


def test_a_wheel_has_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    """But for pages that tell maintainers how to write."""
    files = {
        f"{package}/{path.relative_to(shipped(package)).as_posix()}"
        for package in PACKAGES
        for path in shipped(package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".md"
    }
    declared = {f"pipelines/synth/declared/{path.name}" for path in (REPOSITORY / "data" / "reference").glob("*.csv")}
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert carried == files | declared
    assert len(declared) >= 6


def test_what_is_installed_is_the_same_code_in_another_place(installed: Installed) -> None:
    code = """
import pipelines.engine.shipped as shipped
from pipelines.engine.software import code_version
from pipelines.ingest.fingerprint import fingerprint
print(*map(shipped.shipped, shipped.PACKAGES), sep="\\n")
print(code_version(), fingerprint())
"""
    done = installed.run("python", "-c", code)
    assert done.returncode == 0, done.stderr
    *folders, hashes = done.stdout.splitlines()
    assert [folder for folder in folders if not Path(folder).is_relative_to(installed.environment)] == []
    assert hashes == f"{code_version()} {fingerprint()}"


def test_the_installed_command_says_its_version(installed: Installed) -> None:
    done = installed.run("irf", "--version")
    assert (done.returncode, done.stdout) == (0, f"irf 0.1.0, code {code_version()}\n"), done.stderr


def test_the_installed_command_publishes_the_demo(installed: Installed) -> None:
    done = installed.run("irf", "demo", "--people", 500, "--months", 1, "--seed", 2)
    assert done.returncode == WITH_WARNINGS, done.stdout + done.stderr
    assert "published 2025.04.1" in done.stdout
    root = installed.folder / "data"
    assert (root / "releases" / "2025.04.1" / "manifest.json").is_file()
    assert (root / "state" / "dagster" / "dagster.yaml").read_text("utf-8") == (REPOSITORY / "dagster.yaml").read_text("utf-8")
    assert (root / "state" / "history" / "runs.db").is_file()
    assert [path.name for path in installed.folder.iterdir()] == ["data"]
