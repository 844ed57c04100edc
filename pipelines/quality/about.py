"""What a case of a warning is about: an agency, a service, a code; without its months and figures, which are others in each refresh.

Belongs here: telling it from the words of the case. Does not belong here: the cases (`gate.py`), who accepts one
(`pipelines/release/acceptance.py`).
"""

import re

_MONTH = re.compile(
    r"(?:/|(?<![\w.-]))(19|20)\d{2}-\d{2}(-\d{2})?(?![\w-])(\.r\d+)?(\.(csv(\.gz)?|xlsx|parquet)\b)?", re.IGNORECASE
)
"""A month, a day, a financial year, or the name of a file; no part of a longer code."""
_FIGURE = re.compile(r"-?£|(?<!, )(?<![\w.-])-?\d[\d,]*\.\d|(?<![\w.-])-?\d+(,\d{3})* (?=[a-z])|\(\d|(?<=\brow )\d")
"""Pounds, a number with decimals that is no word of its own, a count of something, the numbers of rows: a code has none of these forms."""


def about(case: str) -> str:
    """The words of a case before its first figure, without months."""
    words = _MONTH.sub("", case)
    figure = _FIGURE.search(words)
    return re.sub(r"[ ,:]+", " ", words[: figure.start()] if figure else words).strip() or case
