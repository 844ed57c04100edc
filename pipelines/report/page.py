"""What a page is made of: a title, sections that each say one finding, charts and tables.

Belongs here: the parts, and how a figure is written for a reader. Does not belong here: any one page, HTML (`templates/`).
"""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

FEWEST_PEOPLE = 5
"""No figure of fewer people is shown."""
FEW = "fewer than 5 people"
NOTHING = "–"


@dataclass(frozen=True)
class Table:
    """A table. head: the words over the columns. rows: texts; a number stands right. note: what has to be known of it."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def is_number(self, column: int) -> bool:
        """Whether a column holds figures."""
        texts = [row[column] for row in self.rows if row[column] not in (NOTHING, FEW, "")]
        return bool(texts) and all(_FIGURE.match(text) for text in texts)


@dataclass(frozen=True)
class Section:
    """One finding. title: the finding in words. chart: SVG. link: the part of the address after #, for who links to it."""

    title: str
    text: Sequence[str] = ()
    chart: str = ""
    tables: Sequence[Table] = ()
    link: str = ""


@dataclass(frozen=True)
class Page:
    """A page. file: below the folder of the report. audience: who it is for. lead: what it says, in two sentences."""

    file: str
    title: str
    audience: str
    lead: Sequence[str]
    sections: Sequence[Section] = field(default_factory=tuple)


_FIGURE = re.compile(r"^[−+]?£?[\d,]+(\.\d+)?( ?%)?$")


def pounds(amount: Decimal | None) -> str:
    """Whole pounds: £1,234. Nothing known is a dash."""
    return NOTHING if amount is None else _signed(amount, f"£{abs(amount):,.0f}")


def pounds_and_pence(amount: Decimal | None) -> str:
    """Pounds to the penny: £1,234.50."""
    return NOTHING if amount is None else _signed(amount, f"£{abs(amount):,.2f}")


def millions(amount: Decimal) -> str:
    """A large amount in words: £1.2 million; a small one in pounds."""
    return pounds(amount) if abs(amount) < 1_000_000 else _signed(amount, f"£{abs(amount) / 1_000_000:,.1f} million")


def number(value: int | Decimal | None) -> str:
    """A whole number with commas, or a decimal as it is."""
    return NOTHING if value is None else f"{value:,}".replace("-", "−")


def percent(share: Decimal | None, digits: int = 1) -> str:
    """A share as a percentage: 12.3 %."""
    return NOTHING if share is None else _signed(share, f"{abs(share) * 100:.{digits}f} %")


def month(day: datetime.date) -> str:
    """A month in words: April 2025."""
    return day.strftime("%B %Y")


def people(count: int | None) -> str:
    """How many people; fewer than 5 are not told."""
    return NOTHING if count is None else FEW if 0 < count < FEWEST_PEOPLE else f"{count:,}"


def of_people(count: int | None, text: str) -> str:
    """A figure of so many people, unless they are too few."""
    return FEW if count is not None and 0 < count < FEWEST_PEOPLE else text


def about(count: int) -> str:
    """How many people, to tens: two such figures do not tell how many are between them."""
    return FEW if 0 < count < FEWEST_PEOPLE else f"{to_tens(count):,}"


def to_tens(count: int) -> int:
    """A count to the nearest ten."""
    return (count + 5) // 10 * 10


def words(code: str) -> str:
    """A code as words: home_care_personal is home care personal."""
    return code.replace("_", " ")


def listed(names: Iterable[str]) -> str:
    """Words as a list in a sentence."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _signed(value: Decimal, text: str) -> str:
    return f"−{text}" if value < 0 else text
