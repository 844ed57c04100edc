"""`irf verify` names whatever was done to a release, to its signature or to the log of releases; untouched, all of it holds."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.conftest import IrfAt
from tests.small_world import ANGUS, SmallWorld

APRIL = "2025-04"
SIGNED = ("2025.04.1", "2025.04.2")


def write_key(folder: Path, name: str) -> Path:
    """A key in `<name>.pem`, its public half in `<name>.pub.pem`."""
    key = Ed25519PrivateKey.generate()
    private = folder / f"{name}.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    private.chmod(0o600)
    public_of(private).write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private


def public_of(private: Path) -> Path:
    return private.with_suffix(".pub.pem")


def refreshed(world: SmallWorld, *keys: Path) -> tuple[int, str]:
    """Refresh, and publish though nothing has changed; signed with keys."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IRF_SIGNING_KEY_FILE", ":".join(map(str, keys)))
        world.write_reference()
        return world.irf("refresh", "--period", APRIL, "--again")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("keys")
    return write_key(folder, "one"), write_key(folder, "two")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, keys: tuple[Path, Path]) -> Path:
    """Three releases of April: signed by one key, by two, and by none."""
    world = SmallWorld(tmp_path_factory.mktemp("tampering") / "data")
    world.ledger(ANGUS, APRIL, meals="100.00")
    for signers in (keys[:1], keys, ()):
        code, printed = refreshed(world, *signers)
        assert code in (0, 2), printed
    return world.root


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "data"))


def broken(printed: str) -> list[str]:
    return [line.removeprefix("BROKEN  ") for line in printed.splitlines() if line.startswith("BROKEN")]


# ---- untouched ----


def test_every_release_holds_and_the_log_says_when_it_was_published(root: Path, irf_at: IrfAt, keys: tuple[Path, Path]) -> None:
    for version, of in (("2025.04.1", keys[:1]), ("2025.04.2", keys), ("2025.04.3", ())):
        code, printed = irf_at(root, "verify", version, *(x for key in of for x in ("--public-key", public_of(key))))
        assert (code, broken(printed)) == (0, []), printed
        assert "holds   log: releases.log: the chain of 3 lines is whole" in printed
        assert f"holds   log manifest: manifest.json is the one of {version} that was published at 20" in printed
        assert printed.count("holds   signature ") == len(of)
    lines = [json.loads(line) for line in (root / "state" / "releases.log").read_text("utf-8").splitlines()]
    for line in lines:
        release = root / "releases" / line["version"]
        assert line["manifest_sha256"] == hashlib.sha256((release / "manifest.json").read_bytes()).hexdigest()
        assert line["published_at"] not in (release / "manifest.json").read_text("utf-8")
        assert line["signers"] == json.loads((release / "manifest.json").read_text("utf-8"))["signers"]
    assert [len(line["signers"]) for line in lines] == [1, 2, 0]


def test_a_release_alone_says_that_there_is_no_log(root: Path, tmp_path: Path, irf_at: IrfAt, keys: tuple[Path, Path]) -> None:
    alone = shutil.copytree(root / "releases" / "2025.04.1", tmp_path / "alone" / "2025.04.1")
    code, printed = irf_at(root, "verify", alone, "--public-key", public_of(keys[0]))
    assert code == 0, printed
    assert "holds   log: there is no log of releases beside it to check against" in printed
    assert "is in state/releases.log of whoever publishes it: irf verify 2025.04.1 says it there" in printed
    assert "holds   signature " in printed
    code, printed = irf_at(root, "verify", tmp_path / "nowhere" / "2025.04.1")
    assert code == 1 and printed.endswith("there is no such folder of a release\n")


def test_openssl_checks_the_signature_and_names_the_key(root: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("NOT TESTED: openssl is not on this machine")
    release, public = root / "releases" / "2025.04.1", public_of(keys[0])
    check: list[str | Path] = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        public,
        "-rawin",
        "-in",
        release / "manifest.json",
    ]
    subprocess.run([*check, "-sigfile", release / "manifest.sig"], check=True, capture_output=True)
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", public, "-outform", "DER"], check=True, capture_output=True
    ).stdout
    assert json.loads((release / "manifest.json").read_text("utf-8"))["signers"] == [hashlib.sha256(der).hexdigest()[:32]]


def test_signing_changes_no_table(root: Path) -> None:
    tables = [
        {p.relative_to(root / "releases" / v): p.read_bytes() for p in (root / "releases" / v).rglob("*.parquet")}
        for v in SIGNED
    ]
    assert tables[0] == tables[1]


# ---- what was done to a release ----


def flip(root: Path) -> None:
    file = root / "releases" / "2025.04.1" / "service" / "all.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def swap(root: Path) -> None:
    one, other = (root / "releases" / "2025.04.1" / name / "all.parquet" for name in ("service", "area"))
    held = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(held)


def edit_a_number(root: Path) -> None:
    """A penny more in a table, with its hash and its size in the manifest."""
    release = root / "releases" / "2025.04.1"
    file = next((release / "ledger_line").iterdir())
    table = pq.ParquetFile(file).read()
    more = [amount + Decimal("0.01") for amount in table["amount"].to_pylist()]
    at = table.column_names.index("amount")
    pq.write_table(table.set_column(at, table.schema.field(at), pa.array(more, table.schema.field(at).type)), file)
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    facts = manifest["tables"][file.relative_to(release).as_posix()]
    facts |= {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
    (release / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")


def edit_the_note(root: Path) -> None:
    """Only what nothing else in the release says."""
    file = root / "releases" / "2025.04.1" / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"note": "approved"}), "utf-8")


def unsign(root: Path) -> None:
    (root / "releases" / "2025.04.1" / "manifest.sig").unlink()


def unsign_and_say_so(root: Path) -> None:
    unsign(root)
    file = root / "releases" / "2025.04.1" / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"signers": []}), "utf-8")


def sign_otherwise(root: Path) -> None:
    (root / "releases" / "2025.04.1" / "manifest.sig").write_bytes(bytes(64))


@pytest.mark.parametrize(
    ("do", "named"),
    [
        (flip, ["sha256 service/all.parquet"]),
        (swap, ["sha256 area/all.parquet", "sha256 service/all.parquet"]),
        (edit_a_number, ["ledger_lines", "log manifest", "signature"]),
        (edit_the_note, ["log manifest", "signature"]),
        (unsign, ["files", "signature"]),
        (unsign_and_say_so, ["log manifest", "signature"]),
        (sign_otherwise, ["signature"]),
    ],
)
def test_what_was_done_to_a_release_is_named(
    root: Path, irf_at: IrfAt, keys: tuple[Path, Path], do: Callable[[Path], None], named: list[str]
) -> None:
    do(root)
    code, printed = irf_at(root, "verify", "2025.04.1", "--public-key", public_of(keys[0]))
    found = [line.split(":")[0] for line in broken(printed)]
    assert code == 1 and all(any(name.startswith(word) for name in found) for word in named), printed


def test_a_signature_taken_away_is_missed_without_any_key(root: Path, irf_at: IrfAt) -> None:
    unsign(root)
    code, printed = irf_at(root, "verify", "2025.04.1")
    assert code == 1 and "files: not in both folder and manifest: manifest.sig" in broken(printed)
    (fingerprint,) = json.loads((root / "releases" / "2025.04.1" / "manifest.json").read_text("utf-8"))["signers"]
    assert f"holds   signature: not checked: --public-key FILE checks the one of key {fingerprint}" in printed


def test_each_of_two_signers_is_asked_for(root: Path, irf_at: IrfAt, keys: tuple[Path, Path]) -> None:
    both = ("--public-key", public_of(keys[0]), "--public-key", public_of(keys[1]))
    code, printed = irf_at(root, "verify", "2025.04.1", *both)
    assert code == 1
    assert [line.split(": ")[1] for line in broken(printed)] == [
        f"the manifest is not signed by the key in {public_of(keys[1])}"
    ]
    code, printed = irf_at(root, "verify", "2025.04.3", *both)
    assert len(broken(printed)) == 2


# ---- what was done to the log ----


def drop(lines: list[str]) -> list[str]:
    return [lines[0], lines[2]]


def drop_the_last(lines: list[str]) -> list[str]:
    return lines[:-1]


def add(lines: list[str]) -> list[str]:
    return [*lines, lines[2]]


def reorder(lines: list[str]) -> list[str]:
    return [lines[1], lines[0], lines[2]]


def edit(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace("2025-04", "2025-05"), lines[2]]


@pytest.mark.parametrize(
    ("do", "said"),
    [
        (drop, "line 2 is missing"),
        (drop_the_last, "line 3 is missing"),
        (add, "line 3 is there 2 times"),
        (reorder, "line 2 stands before line 1"),
        (edit, "line 2 is not as it was written"),
    ],
)
def test_what_was_done_to_the_log_is_named_and_no_refresh_builds_on_it(
    root: Path, irf_at: IrfAt, do: Callable[[list[str]], list[str]], said: str
) -> None:
    log = root / "state" / "releases.log"
    log.write_text("".join(do(log.read_text("utf-8").splitlines(keepends=True))), "utf-8")
    code, printed = irf_at(root, "verify")
    assert (code, broken(printed)) == (1, [f"log: releases.log: {said}"])
    code, printed = irf_at(root, "refresh", "--period", APRIL, "--again")
    assert code == 1 and said in printed.splitlines()[-1] and "put state/ back from the backup" in printed, printed
    assert sorted(p.name for p in (root / "releases").iterdir() if p.is_dir()) == [*SIGNED, "2025.04.3"]


def test_a_log_that_is_gone_and_a_release_that_is_gone_are_named(root: Path, irf_at: IrfAt) -> None:
    shutil.rmtree(root / "releases" / "2025.04.2")
    code, printed = irf_at(root, "verify")
    assert (code, broken(printed)) == (1, ["log releases: 2025.04.2 was published and is gone"])
    (root / "state" / "releases.log").unlink()
    code, printed = irf_at(root, "verify")
    assert (code, broken(printed)) == (1, ["log: releases.log: line 3 is missing, and all from 1 on"])


def copied(root: Path, place: Path, log: tuple[str, ...] = ("releases.log", "releases.head")) -> Path:
    """A release under a name of its own, with a copy of the log beside it."""
    alone = shutil.copytree(root / "releases" / "2025.04.1", place / "release of April (copy)")
    for name in log:
        shutil.copyfile(root / "state" / name, place / name)
    return alone


def test_a_copy_under_another_name_is_the_version_that_its_manifest_says(root: Path, tmp_path: Path, irf_at: IrfAt) -> None:
    alone = copied(root, tmp_path / "alone")
    code, printed = irf_at(root, "verify", alone)
    assert code == 0, printed
    assert "holds   version: 2025.04.1, as the manifest says; the folder is release of April (copy)" in printed
    assert "holds   log: releases.log beside it: the chain of 3 lines is whole" in printed
    assert "holds   log manifest: manifest.json is the one of 2025.04.1 that was published at 20" in printed
    assert "; nobody has signed it off" in printed and "log releases" not in printed
    assert irf_at(root, "sign-off", "2025.04.1", "--by", "A Lead", "--role", "auditor")[0] == 0
    shutil.rmtree(alone)
    code, printed = irf_at(root, "verify", copied(root, tmp_path / "alone"))
    assert code == 0 and "; signed off by A Lead, auditor" in printed
    assert "no difference" in irf_at(root, "diff", alone, root / "releases" / "2025.04.1")[1]
    assert "from 2025.04.1 alone: " in irf_at(root, "fate", "--release", alone, f"{ANGUS}/ledger/2025-04.csv")[1]


@pytest.mark.parametrize("said", ["2025.04.1 ", "2025.04./x", "2025.04.1\nholds   log: whole"])
def test_a_manifest_that_says_what_is_no_version_is_seen(root: Path, tmp_path: Path, irf_at: IrfAt, said: str) -> None:
    alone = shutil.copytree(root / "releases" / "2025.04.1", tmp_path / "alone" / "copy")
    manifest = json.loads((alone / "manifest.json").read_text("utf-8")) | {"version": said}
    (alone / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    code, printed = irf_at(root, "verify", alone)
    assert code == 1 and any(line.startswith("version: the manifest says ") for line in broken(printed)), printed
    assert "holds   log: whole" not in printed.splitlines()


def test_a_copied_log_that_was_changed_or_is_of_another_release_is_seen(root: Path, tmp_path: Path, irf_at: IrfAt) -> None:
    alone = copied(root, tmp_path / "alone")
    log = tmp_path / "alone" / "releases.log"
    first, *others = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(others))
    code, printed = irf_at(root, "verify", alone)
    assert code == 1 and broken(printed) == ["log: releases.log: line 1 is missing"]
    log.write_bytes(first)
    shutil.rmtree(alone)
    alone = copied(root, tmp_path / "alone")
    shutil.copyfile(root / "releases" / "2025.04.2" / "manifest.json", alone / "manifest.json")
    code, printed = irf_at(root, "verify", alone)
    assert code == 1 and "files" in printed


@pytest.mark.parametrize("is_link", [False, True])
def test_a_release_in_the_place_of_another_is_seen(root: Path, tmp_path: Path, irf_at: IrfAt, is_link: bool) -> None:
    place = root / "releases" / "2025.04.2"
    shutil.rmtree(place)
    if is_link:
        place.symlink_to(shutil.copytree(root / "releases" / "2025.04.1", tmp_path / "copy"))
    else:
        shutil.copytree(root / "releases" / "2025.04.1", place)
    for given in ("2025.04.2", place):
        code, printed = irf_at(root, "verify", given)
        assert code == 1
        assert "version: the manifest says 2025.04.1 of 2025-04, the folder is 2025.04.2" in broken(printed)
        assert "log manifest: manifest.json of 2025.04.2 is not the one that was published" in broken(printed)


def test_a_release_that_no_refresh_has_published_is_named(root: Path, irf_at: IrfAt) -> None:
    made = shutil.copytree(root / "releases" / "2025.04.3", root / "releases" / "2025.04.4")
    manifest = json.loads((made / "manifest.json").read_text("utf-8")) | {"version": "2025.04.4"}
    (made / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    code, printed = irf_at(root, "verify", "2025.04.4")
    assert code == 1 and broken(printed) == ["log manifest: 2025.04.4 is not in releases.log"]


def test_releases_from_before_the_log_are_noted_without_a_time(root: Path, irf_at: IrfAt) -> None:
    for name in ("releases.log", "releases.head"):
        (root / "state" / name).unlink()
    code, printed = irf_at(root, "verify")
    assert code == 0 and "holds   log: there is no log of releases beside it to check against" in printed
    assert irf_at(root, "refresh", "--period", APRIL, "--again")[0] in (0, 2)
    lines = [json.loads(line) for line in (root / "state" / "releases.log").read_text("utf-8").splitlines()]
    assert [(line["version"], line["published_at"] is None) for line in lines] == [
        ("2025.04.1", True), ("2025.04.2", True), ("2025.04.3", True), ("2025.04.4", False),
    ]  # fmt: skip
    code, printed = irf_at(root, "verify", "2025.04.1")
    assert code == 0 and "published before there was a log" in printed


# ---- keys that cannot be used ----


def test_a_key_that_cannot_be_used_is_said_before_the_work_begins(root: Path, tmp_path: Path) -> None:
    world = SmallWorld(root)
    rsa = tmp_path / "rsa.pem"
    rsa.write_bytes(generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "text.pem").write_text("no key", "utf-8")
    for file, said in (
        (tmp_path / "gone.pem", f"the key {tmp_path / 'gone.pem'} cannot be read: No such file or directory"),
        (rsa, f"IRF_SIGNING_KEY_FILE: {rsa} is no Ed25519 private key in PEM"),
        (tmp_path / "text.pem", f"IRF_SIGNING_KEY_FILE: {tmp_path / 'text.pem'} is no Ed25519 private key in PEM"),
    ):
        code, printed = refreshed(world, file)
        assert code == 1 and printed.startswith(f"error: {said}") and len(printed.splitlines()) == 1, printed
    code, printed = world.irf("verify", "--public-key", rsa)
    assert code == 1 and printed.splitlines()[-1].startswith(f"error: --public-key: {rsa} is no Ed25519 public key in PEM")
