"""What the linkage compares: the comparisons and their levels, the best level first.

Belongs here: conditions on the columns of `sql/identity/standard.sql`. Does not belong here: probabilities. How often true
matches reach a level (m) comes from training and stands in `model.json`; how often random pairs do (u) is counted in the
register at hand (`levels.py`).
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One level of a comparison.

    frequency_of: the column whose term frequencies adjust the match weight; agreement on a rare value weighs more.
    among: the group of levels that are possible for a pair. The m probabilities of a group sum to 1, and so do the u.
    """

    name: str
    condition: str
    frequency_of: str | None = None
    among: str = ""


def _both(condition: str, *columns: str) -> str:
    """The condition with the columns in the places of {0}, {1} …; _l and _r are the two records."""
    return condition.format(*columns)


_ALIKE = "jaro_winkler_similarity({0}_l, {0}_r) >= 0.95 OR (length({0}_l) > 3 AND levenshtein({0}_l, {0}_r) = 1)"
_LIKE_ENOUGH = (
    "jaro_winkler_similarity({0}_l, {0}_r) >= 0.9"
    " OR (least(length({0}_l), length({0}_r)) > 5 AND levenshtein({0}_l, {0}_r) = 2)"
)
_HALF_ALIKE = "jaro_winkler_similarity({0}_l, {0}_r) >= 0.8 OR starts_with({0}_l, {0}_r) OR starts_with({0}_r, {0}_l)"
_ALIKE_TURNED = "({0} = {1} OR jaro_winkler_similarity({0}, {1}) >= 0.95 OR (length({0}) > 3 AND levenshtein({0}, {1}) = 1))"
_SWAPPED = (
    f"(forename_l = surname_r AND {_both(_ALIKE_TURNED, 'surname_l', 'forename_r')})"
    f" OR (surname_l = forename_r AND {_both(_ALIKE_TURNED, 'forename_l', 'surname_r')})"
    " OR (forename_all_l = surname_r AND surname_l = forename_all_r)"
)
# hamming costs a tenth of levenshtein, and says the same of one slip in texts of as many bytes.
_SLIPPED_DAY = (
    "CASE WHEN strlen(date_of_birth_l) = strlen(date_of_birth_r) THEN hamming(date_of_birth_l, date_of_birth_r) = 1"
    " ELSE levenshtein(date_of_birth_l, date_of_birth_r) = 1 END"
)
_TURNED_DAY = (
    "date_of_birth_l = concat(left(date_of_birth_r, 4), '-', right(date_of_birth_r, 2), '-', substr(date_of_birth_r, 6, 2))"
)
_TWO_PARTS = (
    "birthday_l = birthday_r OR (birth_year_l = birth_year_r AND"
    " (left(birthday_l, 2) = left(birthday_r, 2) OR right(birthday_l, 2) = right(birthday_r, 2)))"
)
_OTHER_CENTURY = "right(date_of_birth_l, 8) = right(date_of_birth_r, 8)"
_SHARED_WORDS = "len(list_intersect(address_word_l, address_word_r))"
_FEWER_WORDS = "least(len(address_word_l), len(address_word_r))"
_SAME_ADDRESS = f"coalesce({_SHARED_WORDS} >= 0.6 * {_FEWER_WORDS}, false)"
_LIKE_ADDRESS = f"coalesce({_SHARED_WORDS} >= 0.3 * {_FEWER_WORDS} AND {_SHARED_WORDS} >= 2, false)"
_NO_ADDRESS = "(address_word_l IS NULL OR address_word_r IS NULL)"
_ONE_INITIAL = "least(length(middle_name_l), length(middle_name_r)) = 1"
_LIKE_POSTCODE = "levenshtein(postcode_l, postcode_r) = 1 OR jaro_winkler_similarity(postcode_l, postcode_r) >= 0.94"
_NO_POSTCODE = "(postcode_l IS NULL OR postcode_r IS NULL)"

COMPARISONS: dict[str, tuple[Level, ...]] = {
    "forename": (
        Level("nothing to compare", "forename_l IS NULL OR forename_r IS NULL"),
        Level("same", "forename_l = forename_r OR forename_all_l = forename_all_r", "forename"),
        Level("forename and surname swapped", _SWAPPED),
        Level("nickname", "list_has_any(forename_root_l, forename_root_r)"),
        Level("alike", _both(_ALIKE, "forename")),
        Level("like enough", _both(_LIKE_ENOUGH, "forename")),
        Level("known by the second forename", "forename_l = middle_name_r OR forename_r = middle_name_l"),
        Level("initial", "least(length(forename_l), length(forename_r)) = 1 AND left(forename_l, 1) = left(forename_r, 1)"),
        Level("half alike", _both(_HALF_ALIKE, "forename")),
        Level("unlike", "ELSE"),
    ),
    "middle_name": (
        Level("nothing to compare", "middle_name_l IS NULL OR middle_name_r IS NULL"),
        Level("same initial, one is no more", f"{_ONE_INITIAL} AND middle_letter_l = middle_letter_r", "middle_letter", "initials"),
        Level("unlike initials", _ONE_INITIAL, None, "initials"),
        Level("same", "middle_name_l = middle_name_r", None, "names"),
        Level("same initial", "middle_letter_l = middle_letter_r", None, "names"),
        Level("unlike", "ELSE", None, "names"),
    ),
    "surname": (
        Level("nothing to compare", f"surname_l IS NULL OR surname_r IS NULL OR ({_SWAPPED})"),
        Level("same", "surname_l = surname_r", "surname"),
        Level("alike", _both(_ALIKE, "surname")),
        Level("like enough", _both(_LIKE_ENOUGH, "surname")),
        Level("part of a double name", "list_has_any(surname_part_l, surname_part_r)"),
        Level("half alike", _both(_HALF_ALIKE, "surname")),
        Level("unlike", "ELSE"),
    ),
    "date_of_birth": (
        Level("nothing to compare", "date_of_birth_l IS NULL OR date_of_birth_r IS NULL"),
        Level("same", "date_of_birth_l = date_of_birth_r", "date_of_birth"),
        Level("day and month swapped", _TURNED_DAY),
        Level("one slip", f"{_SLIPPED_DAY} OR {_OTHER_CENTURY}"),
        Level("one part unlike", _TWO_PARTS),
        Level("two slips", "levenshtein(date_of_birth_l, date_of_birth_r) = 2"),
        Level("same year", "birth_year_l = birth_year_r"),
        Level("unlike", "ELSE"),
    ),
    "sex": (
        Level("nothing to compare", "sex_l IS NULL OR sex_r IS NULL"),
        Level("same", "sex_l = sex_r"),
        Level("unlike", "ELSE"),
    ),
    "place": (
        Level("nothing to compare", f"{_NO_POSTCODE} AND {_NO_ADDRESS}"),
        Level("same postcode", f"{_NO_ADDRESS} AND postcode_l = postcode_r", "postcode", "postcodes"),
        Level("postcode alike", f"{_NO_ADDRESS} AND ({_LIKE_POSTCODE})", None, "postcodes"),
        Level("same sector", f"{_NO_ADDRESS} AND postcode_sector_l = postcode_sector_r", None, "postcodes"),
        Level("another postcode", _NO_ADDRESS, None, "postcodes"),
        Level("same postcode and address", f"postcode_l = postcode_r AND {_SAME_ADDRESS}", None, "addresses"),
        Level("same postcode, like address", f"postcode_l = postcode_r AND {_LIKE_ADDRESS}", None, "addresses"),
        Level("same address", _SAME_ADDRESS, None, "addresses"),
        Level("same postcode, other address", "postcode_l = postcode_r", None, "addresses"),
        Level("like address", _LIKE_ADDRESS, None, "addresses"),
        Level("elsewhere", "ELSE", None, "addresses"),
    ),
}  # fmt: skip

FREQUENCY_COLUMNS = {"forename": 500, "middle_letter": 20, "surname": 2_000, "date_of_birth": 30_000, "postcode": 10_000}
"""The columns with term frequencies, and how many different values a whole population usually has.

A small register is taken for a sample: as many more people, each with a value of their own, are taken to live outside it."""


def compared_columns() -> list[str]:
    """The columns of `sql/identity/standard.sql` that a comparison reads."""
    conditions = " ".join(level.condition for levels in COMPARISONS.values() for level in levels)
    return sorted(set(re.findall(r"\b([a-z_]+)_[lr]\b", conditions)))
