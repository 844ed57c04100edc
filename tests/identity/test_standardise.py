"""Names, dates, sexes and postcodes that are written differently have one standard form, and nicknames lead to their name."""

import pytest

from pipelines.identity.linking.database import database

STANDARD_FORMS = [
    ("forename_words", "Siân", "SIAN"),
    ("forename_words", "Mary-Ann", "MARYANN"),
    ("forename_words", "Mrs  Mary Ann", "MARY ANN"),
    ("forename_words", "Baby of Jane", None),
    ("forename_words", "not known", None),
    ("forename_words", "Man in the house", None),
    ("forename_words", "XXX", None),
    ("forename_words", "Sir", None),
    ("forename_words", "Sir Harry", "HARRY"),
    ("surname_joined", "Lord", "LORD"),
    ("forename_words", "?", None),
    ("surname_joined", " O'Néill-Ross ", "ONEILLROSS"),
    ("surname_joined", "O’Neill", "ONEILL"),
    ("surname_joined", "Mac Donald", "MCDONALD"),
    ("surname_joined", "MacDonald", "MCDONALD"),
    ("surname_joined", "McDonald", "MCDONALD"),
    ("surname_joined", "Mackie", "MCKIE"),
    ("surname_joined", "Jørgensen", "JORGENSEN"),
    ("surname_joined", "Smith Jr", "SMITH"),
    ("surname_joined", "Groß", "GROSS"),
    ("birth_text", "1940-03-12", "1940-03-12"),
    ("birth_text", "19400312", "1940-03-12"),
    ("birth_text", "12/3/1940", "1940-03-12"),
    ("birth_text", "12.03.40", "??40-03-12"),
    ("birth_text", "194O-03-I2", "1940-03-12"),
    ("birth_text", "1940-13-45", "1940-13-45"),
    ("birth_text", "1900-01-01", None),
    ("birth_text", " ", None),
    ("unordered_birthday", "1940-12-03", "0312"),
    ("sex_code", "1", "1"),
    ("sex_code", "Female", "2"),
    ("sex_code", "0", None),
    ("sex_code", "9", None),
    ("postcode_text", "dd1  9sy ", "DD19SY"),
    ("postcode_text", "DD19SY", "DD19SY"),
    ("postcode_text", "DD019SY", "DD19SY"),
    ("postcode_text", "DDI 9SY", "DD19SY"),
    ("postcode_text", "DD1 OSY", "DD10SY"),
    ("postcode_text", "NK01 0AA", None),
    ("postcode_text", "ZZ01 1AA", None),
    ("postcode_text", "DY10 3DJ", None),
    ("postcode_text", "4223", "4223"),
    ("sound", "ROBERT", "R163"),
    ("sound", "PETER", "P360"),
]


@pytest.mark.parametrize(("macro", "written", "standard"), STANDARD_FORMS)
def test_standard_forms(macro: str, written: str, standard: str | None) -> None:
    with database(threads=1) as connection:
        assert connection.execute(f"SELECT {macro}(?)", [written]).fetchall() == [(standard,)]


@pytest.mark.parametrize(
    ("nickname", "root", "is_one"),
    [
        ("JIMMY", "JAMES", True),
        ("SENGA", "AGNES", True),
        ("BILL", "ROBERT", False),
        ("SANDY", "ALEXANDRA", True),
        ("ALASDAIR", "ALEXANDER", True),
        ("GEOFF", "JEFFREY", True),
        ("HANNAH", "ANNA", False),
    ],
)
def test_nicknames_used_in_scotland(nickname: str, root: str, is_one: bool) -> None:
    with database(threads=1) as connection:
        roots = "(SELECT root FROM nickname WHERE name = ?)"
        assert connection.execute(f"SELECT list_has_any({roots}, {roots})", [nickname, root]).fetchall() == [(is_one,)]
