"""What a field that breaks a rule probably is, in words for whoever made the file.

Belongs here: telling it from the text of the field. Does not belong here: the rules (`schemas/rules`), the answer of
`irf validate`. No text of a field is ever part of the words.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Mapping

import pyarrow as pa

from schemas import chi

_SHEET_DAY = re.compile(r"[2-6]\d{4}(\.\d+)?")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})( .*)?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})([ T].*)?")
_DECIMAL_COMMA = re.compile(r"[-(£ ]*(\d+|\d{1,3}([. ]\d{3})+),\d{1,2}[-) ]*")
_SCIENTIFIC = re.compile(r"-?\d+([.,]\d+)?[Ee][+-]?\d+")
_MONTHS_IN_YEAR = 12


def likely(broken: Iterable[tuple[str, Mapping[str, str | None]]], period: str) -> dict[str, str]:
    """For each rule on a column what most of the fields that break it look like; nothing where that is not known.

    broken: the rules a record breaks, parted by blanks, and its fields as sent. Where not all look alike, how many do is said.
    """
    found: dict[str, Counter[str]] = {}
    records: Counter[str] = Counter()
    for rule_ids, sent in broken:
        for rule_id in rule_ids.split():
            column, _, why = rule_id.partition(".")
            words = _words(sent.get(column) or "", why, period)
            records[rule_id] += 1
            if words:
                found.setdefault(rule_id, Counter())[words] += 1
    return {rule_id: _most(counts, records[rule_id]) for rule_id, counts in found.items()}


def _most(counts: Counter[str], records: int) -> str:
    words = min(counts, key=lambda words: (-counts[words], words))
    return words if counts[words] == records else f"{words} ({counts[words]} of {records})"


def _words(text: str, why: str, period: str) -> str | None:
    if why == "unreadable":
        return _of_unreadable(text)
    if why == "out_of_bounds" and _is_chi(text):
        return "a CHI number in this column: see whether two columns are swapped"
    if why == "after_period" or why.startswith("before_"):
        return _of_date(text, period)
    return None


def _of_unreadable(text: str) -> str | None:
    if text.startswith("#"):
        return "an error of the spreadsheet's; mend the cell and export it again"
    if _SCIENTIFIC.fullmatch(text):
        return "a number in scientific notation; format the column as a number with two decimals"
    if _DECIMAL_COMMA.fullmatch(text):
        return "a comma for the decimal point; write 12.34"
    if _SHEET_DAY.fullmatch(text):
        return "a date as a spreadsheet's serial number; format the column as a date"
    slashed, iso = _SLASHED.fullmatch(text), _ISO.fullmatch(text)
    if slashed and int(slashed[2]) > _MONTHS_IN_YEAR >= int(slashed[1]):
        return "a date with day and month swapped, as American spreadsheets write it; write 2025-04-30"
    if slashed:
        return "a date as day/month/year; write 2025-04-30 (in Excel: Format Cells, Custom, yyyy-mm-dd)"
    if iso and int(iso[2]) > _MONTHS_IN_YEAR >= int(iso[3]):
        return "a date with day and month swapped"
    return "a day that its month does not have" if iso else None


def _of_date(text: str, period: str) -> str | None:
    iso = _ISO.fullmatch(text)
    if iso is None:
        return None
    try:
        swapped = datetime.date(int(iso[1]), int(iso[3]), int(iso[2]))
    except ValueError:
        return None
    return "a date with day and month swapped" if f"{swapped:%Y-%m}" == period else None


def _is_chi(text: str) -> bool:
    digits = re.sub(r"\.0+$", "", text.replace(",", "").replace(" ", "")).zfill(chi.LENGTH)
    return bool(chi.valid_array(pa.array([digits], pa.string()), luhn_allowed=True)[0].as_py())
