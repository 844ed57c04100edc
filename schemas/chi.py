"""CHI arithmetic: repair of a lost leading zero, the date inside the number, the two check digits.

Belongs here: what makes a text a CHI number, on whole columns at once.
Does not belong here: whose number it is, what happens to a record with a bad one.

A CHI is DDMMYY, two digits, a sex digit (odd male, even female) and a check digit. The check digit follows
modulus 11, or, for some numbers issued from August 2026, modulus 10 (Luhn). The century is not in the number.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

LENGTH = 10
BODY_LENGTH = 9
NEVER_ISSUED = -1

_DAYS_IN_MONTH = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_ELEVEN_WEIGHTS = np.arange(10, 1, -1, dtype=np.int16)
_TEN_WEIGHTS = np.array([2, 1, 2, 1, 2, 1, 2, 1, 2], dtype=np.int16)

Digits = NDArray[np.int16]

# the published types of pyarrow.compute refuse calls it takes
pc: Any = pyarrow.compute


def repair(texts: "pd.Series[str]") -> "pd.Series[str]":
    """`repair_array` for a pandas column."""
    return _series(repair_array(_arrow(texts)), texts)


def valid(texts: "pd.Series[str]", luhn_allowed: bool) -> "pd.Series[bool]":
    """`valid_array` for a pandas column."""
    return _series(valid_array(_arrow(texts), luhn_allowed), texts)


def repair_array(texts: "pa.Array[Any]") -> "pa.Array[Any]":
    """Remove spaces, put back the leading zero a spreadsheet lost, make blank NULL; the rest stays as it is."""
    bare = pc.replace_substring_regex(texts.cast(pa.string()), r"\s+", "")
    short = pc.match_substring_regex(bare, rf"^[0-9]{{{BODY_LENGTH}}}$")
    padded = pc.if_else(short, pc.binary_join_element_wise("0", bare, ""), bare)
    repaired: pa.Array[Any] = pc.if_else(pc.equal(padded, ""), pa.scalar(None, pa.string()), padded)
    return repaired


def valid_array(texts: "pa.Array[Any]", luhn_allowed: bool) -> "pa.Array[Any]":
    """Whether each text is a CHI number; NULL is not. `luhn_allowed` accepts the modulus 10 check digit too."""
    numbers = texts.cast(pa.string())
    has_length = pc.fill_null(pc.equal(pc.binary_length(numbers), LENGTH), False)
    mask = np.array(has_length.to_numpy(zero_copy_only=False), dtype=bool)
    digits = _digits(pc.filter(numbers, has_length))
    mask[mask] = _are_digits(digits) & has_real_date(digits) & _check_digit_passes(digits, luhn_allowed)
    are_valid: pa.Array[Any] = pa.array(mask)
    return are_valid


def has_real_date(digits: Digits) -> NDArray[np.bool_]:
    """Whether DDMMYY is a date in 19YY or 20YY (29 February 2000 was one, so every fourth year will do)."""
    day, month, year = (10 * digits[:, at] + digits[:, at + 1] for at in (0, 2, 4))
    last_day = _DAYS_IN_MONTH[np.where((month >= 0) & (month <= 12), month, 0)]
    not_leap = (month == 2) & (day == 29) & (year % 4 != 0)
    real: NDArray[np.bool_] = (day >= 1) & (day <= last_day) & ~not_leap
    return real


def check_digit_modulus_11(digits: Digits) -> Digits:
    """The modulus 11 check digit of each row's first nine digits; `NEVER_ISSUED` where the remainder forbids one."""
    weighted = np.zeros(len(digits), dtype=np.int16)
    for at, weight in enumerate(_ELEVEN_WEIGHTS):
        weighted += digits[:, at] * weight
    check = 11 - weighted % 11
    return np.where(check == 11, 0, np.where(check == 10, NEVER_ISSUED, check))


def check_digit_modulus_10(digits: Digits) -> Digits:
    """The modulus 10 (Luhn) check digit of each row's first nine digits: the 9th, 7th, 5th, 3rd and 1st are doubled."""
    weighted = digits[:, :BODY_LENGTH] * _TEN_WEIGHTS
    total = np.where(weighted > 9, weighted - 9, weighted).sum(axis=1)
    check: Digits = (10 - total % 10) % 10
    return check


def _check_digit_passes(digits: Digits, luhn_allowed: bool) -> NDArray[np.bool_]:
    given = digits[:, BODY_LENGTH]
    passes: NDArray[np.bool_] = check_digit_modulus_11(digits) == given
    return passes | (check_digit_modulus_10(digits) == given) if luhn_allowed else passes


def _are_digits(digits: Digits) -> NDArray[np.bool_]:
    is_digit = (digits >= 0) & (digits <= 9)
    return np.asarray(is_digit.all(axis=1))


def _digits(numbers: "pa.Array[Any]") -> Digits:
    """One row of ten for each text of ten bytes, which lie one after another in memory; below 0 or above 9 is no digit.

    The first digits of all texts lie side by side, then the second, and so on: all that is asked of them is asked by place.
    """
    buffers: list[Any] = numbers.buffers()
    if len(numbers) == 0:
        return np.empty((0, LENGTH), dtype=np.int16)
    start = int(np.frombuffer(buffers[1], dtype=np.int32)[numbers.offset])
    codes = np.frombuffer(buffers[2], dtype=np.uint8, count=LENGTH * len(numbers), offset=start)
    digits: Digits = codes.reshape(-1, LENGTH).astype(np.int16, order="F") - np.int16(ord("0"))
    return digits


def _arrow(texts: "pd.Series[str]") -> "pa.Array[Any]":
    array = pa.array(texts.array, type=pa.string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _series(values: "pa.Array[Any]", like: "pd.Series[str]") -> "pd.Series[Any]":
    import pandas as pd

    return pd.Series(pd.arrays.ArrowExtensionArray(values), index=like.index, name=like.name)
