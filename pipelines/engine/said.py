"""What may be said on a console, in an error or in the run history: lines that forge nothing and name nobody.

Belongs here: making a text fit to be said, by its looks alone. Does not belong here: texts that are published, which are
searched for everybody whom the files name (`pipelines/quality/withheld.py`).
"""

import re
import unicodedata

WITHHELD = "[withheld]"
SAID_CHARACTERS = 1_000
"""How much of a warning is said on a console; all of it is in the report."""
_TEN_DIGITS = re.compile(r"(?<![0-9A-Za-z])\d{6}[ -]?\d{4}(?![0-9A-Za-z])")
_POSTCODE = re.compile(r"(?<![0-9A-Za-z])[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}(?![0-9A-Za-z])")


def visible(text: str) -> str:
    """One line in which nothing moves the cursor, colours or hides: such signs are shown as `\\n` or `\\x1b`."""
    return "".join(character if character.isprintable() else _shown(character) for character in text)


def said(text: str) -> str:
    """`visible`, with `[withheld]` for what looks like a CHI number or a postcode."""
    shown = _POSTCODE.sub(WITHHELD, visible(text))
    return _TEN_DIGITS.sub(lambda found: WITHHELD if is_chi_number(re.sub(r"\D", "", found[0])) else found[0], shown)


def is_chi_number(digits: str) -> bool:
    """Whether ten digits are a CHI number of anybody."""
    import pyarrow as pa

    from schemas import chi

    return bool(chi.valid_array(pa.array([digits]), luhn_allowed=True)[0].as_py())


def _shown(character: str) -> str:
    return " " if unicodedata.category(character) == "Zs" else character.encode("unicode_escape").decode("ascii")
