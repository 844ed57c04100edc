"""The frozen model of the linkage: the m probabilities that training found, in `model.json`.

Belongs here: the committed file and its version. Does not belong here: how it comes about (`learning/train.py`), what it is
applied to (`score.py`).
"""

import hashlib
import json
from typing import Any

from pipelines.engine.shipped import shipped

Settings = dict[str, Any]
"""Splink's settings, as splink documents them."""
Model = dict[str, Any]
"""`splink`: the settings with the m and u probabilities of every level. `kinds`: the m probabilities of each kind of records."""

MODEL = shipped("pipelines.identity.linking") / "model.json"


def load_model() -> Model:
    """The committed model."""
    model: Model = json.loads(MODEL.read_text(encoding="utf-8"))
    return model


def model_version() -> str:
    """A text that changes with the committed model."""
    return hashlib.sha256(MODEL.read_bytes()).hexdigest()[:12]
