"""The words that would tell who somebody is, and what is published in their place.

Belongs here: inside tables that keep texts of outside from naming anybody. Does not belong here: links (`people.py`).
"""

from schemas.codes import WordKind, either
from schemas.table import Table, column, table
from schemas.types import Series, Text


@table(grain="kind × agency × word × forename", key=("kind", "agency", "word", "forename"))
class KnownWord(Table):
    """The words that tell who somebody is, as texts of outside are searched for them."""

    kind: Series[Text] = column(either(WordKind), required=True, codes=WordKind)
    agency: Series[Text] = column("whose client; '' of the other kinds", required=True)
    word: Series[Text] = column(
        "number, postcode or surname, without case, accents, blanks and signs", required=True, identifying=True
    )
    forename: Series[Text] = column("of a name; '' of the other kinds", required=True, identifying=True)


@table(grain="agency × text", key=("agency", "text"))
class OutsideText(Table):
    """The texts that agencies wrote and a release would show."""

    agency: Series[Text] = column("whose text", required=True)
    text: Series[Text] = column("as it was written", required=True, identifying=True)


@table(grain="agency × text", key=("agency", "text"))
class Withheld(Table):
    """The texts of outside that would tell who somebody is, with what is published in their place."""

    agency: Series[Text] = column("whose text", required=True)
    text: Series[Text] = column("as it was written", required=True, identifying=True)
    shown: Series[Text] = column("with [withheld] for what names somebody, and the row's key in brackets", required=True)
    row_key: Series[Text] = column("keyed hash of agency and text: leads from what is published to this row", required=True)
    kinds: Series[Text] = column("what was found: chi, client, name, postcode", required=True)
