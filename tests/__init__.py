"""Tests of the software, laid out as its rooms are, and where the repository is that holds them."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
