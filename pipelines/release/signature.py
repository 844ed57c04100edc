"""Signatures of manifests: Ed25519, by keys that the operator has in files.

Belongs here: reading keys, signing, checking a signature. Does not belong here: what a manifest says (`publish.py`), the rest
of verifying (`verify.py`).
A manifest names the fingerprints of the keys that sign it, so that a signature which was taken away is missed. A signature is the 64 bytes that
openssl makes and checks, in `manifest.sig`; of several keys each has its own, `manifest.<fingerprint>.sig`.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from pipelines.engine.errors import IrfError
from pipelines.engine.files import read_note
from pipelines.engine.progress import PROGRESS
from pipelines.release.stated import Finding
from pipelines.release.verify import signature_names
from pipelines.warehouse.key import others_can_read

KEY_FILES = "IRF_SIGNING_KEY_FILE"
"""The variable that names the file of a private key; of several signers the files of all, with `:` between them."""
FINGERPRINT_DIGITS = 32


@dataclass(frozen=True)
class Signer:
    """A private key. fingerprint: of its public key, as it is in manifests and file names."""

    key: Ed25519PrivateKey
    fingerprint: str


def signers() -> list[Signer]:
    """The keys that sign manifests, by their fingerprints; none where the environment names none.

    Raises IrfError where a file of one cannot be used.
    """
    files = [Path(name) for name in os.environ.get(KEY_FILES, "").split(os.pathsep) if name]
    found = {signer.fingerprint: signer for signer in map(_signer, files)}
    return [found[fingerprint] for fingerprint in sorted(found)]


def sign(release: Path, keys: Sequence[Signer]) -> None:
    """Sign the manifest of a release that is being built."""
    content = (release / "manifest.json").read_bytes()
    names = signature_names([signer.fingerprint for signer in keys])
    for signer in keys:
        (release / names[signer.fingerprint]).write_bytes(signer.key.sign(content))


def verify_signatures(release: Path, public_keys: Sequence[Path]) -> list[Finding]:
    """Whether each of the public keys has signed the manifest of a release; without one, that nobody has looked.

    Raises IrfError where a file is no such key.
    """
    manifest = read_note(release / "manifest.json")
    signed_by = manifest.get("signers") if isinstance(manifest, dict) else None
    names = signature_names([str(name) for name in signed_by]) if isinstance(signed_by, list) else {}
    if not public_keys and names:
        return [Finding("signature", True, f"not checked: --public-key FILE checks the one of key {', '.join(names)}")]
    return [_verified(release, names, file) for file in public_keys]


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """The first half of the SHA-256 of a public key in DER, which openssl writes too."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()[:FINGERPRINT_DIGITS]


def _verified(release: Path, names: dict[str, str], file: Path) -> Finding:
    key = _public_key(file)
    fingerprint = fingerprint_of(key)
    name = f"signature {fingerprint}"
    if fingerprint not in names:
        return Finding(name, False, f"the manifest is not signed by the key in {file}")
    place = release / names[fingerprint]
    if not place.is_file():
        return Finding(name, False, f"{place.name} is missing")
    try:
        key.verify(place.read_bytes(), (release / "manifest.json").read_bytes())
    except InvalidSignature:
        return Finding(name, False, f"{place.name} is no signature of manifest.json by the key in {file}")
    return Finding(name, True, f"{place.name} is of manifest.json, by the key in {file}")


def _signer(file: Path) -> Signer:
    try:
        key = load_pem_private_key(_content(file), password=None)
    except TypeError:
        raise IrfError(f"{KEY_FILES}: the key in {file} has a passphrase, which nobody can give; name one without") from None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise IrfError(f"{KEY_FILES}: {file} is no Ed25519 private key in PEM; `openssl genpkey -algorithm ed25519` makes one")
    if others_can_read(file):
        PROGRESS.warning("warning: others can read the signing key %s; chmod 600 makes it yours alone", file)
    return Signer(key, fingerprint_of(key.public_key()))


def _public_key(file: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(_content(file))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise IrfError(
            f"--public-key: {file} is no Ed25519 public key in PEM; `openssl pkey -pubout` makes it of the private one"
        )
    return key


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise IrfError(f"the key {file} cannot be read: {error.strerror}") from None
