"""The declaration of a test of change, `tests_of_change/<name>.toml`: what is asked, of whom, from when on, how it will be judged.

Belongs here: its keys, reading it, one clear line for each mistake. Does not belong here: whether it was noted before its result
was known (`registration.py`), what is known of its places and people (`outcome.py`, `participants.py`).
"""

import datetime
import hashlib
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from pipelines.engine.errors import IrfError, listed
from pipelines.warehouse.root import DataRoot
from schemas.analysis_codes import AgeGroup, Scope
from schemas.month import after, months, moved
from schemas.reference.words import FINANCIAL_YEAR

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
ALL_OTHERS, MATCHED = "all_others", "matched"
EARLIEST, LATEST, MOST_MONTHS = datetime.date(1990, 1, 1), datetime.date(2199, 12, 31), 600
"""Between which days a test can start, and how many months it can look at: beyond these it is a slip of the pen."""


class Kind(StrEnum):
    """Who is treated."""

    LOCALITIES = "localities"
    COUNCILS = "councils"
    PEOPLE = "people"


class Measure(StrEnum):
    """What is looked at, of a month."""

    COST_PER_HEAD = "cost_per_head"
    COST = "cost"
    UNITS = "units"
    INSTITUTIONAL_SHARE = "institutional_share"


class Design(StrEnum):
    """How the effect is told from what would have been."""

    INTERRUPTED_TIME_SERIES = "interrupted_time_series"
    DIFFERENCE_IN_DIFFERENCES = "difference_in_differences"
    SYNTHETIC_CONTROL = "synthetic_control"
    MATCHED_DIFFERENCE = "matched_difference"


def _as_decimal(value: object) -> object:
    """Money is text or whole pounds: a number with a point would be a binary float."""
    if isinstance(value, float | bool):
        raise ValueError('write pounds in quotation marks, as "1250.00"')
    return value


def _as_date(value: object) -> object:
    """A date is a date, or the text of one: a number would be taken for seconds since 1970."""
    is_text = isinstance(value, str) and _DAY.fullmatch(value.strip())
    if isinstance(value, datetime.datetime) or not (is_text or isinstance(value, datetime.date)):
        raise ValueError("give a date as 2025-04-01")
    return value


def _as_likely_date(day: datetime.date) -> datetime.date:
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"give a day from {EARLIEST} to {LATEST}")
    return day


def _as_count(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("give a number of months")
    return value


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Day = Annotated[datetime.date, BeforeValidator(_as_date), AfterValidator(_as_likely_date)]
Months = Annotated[int, BeforeValidator(_as_count), Field(ge=0, le=MOST_MONTHS)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class What(_Part):
    """The test of change itself. cost_per_month: pounds that doing it costs each month."""

    name: Annotated[str, Field(pattern=f"^{NAME.pattern}$")]
    question: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    declared_on: Day
    cost_per_month: Annotated[Decimal, BeforeValidator(_as_decimal), Field(ge=0, max_digits=12, decimal_places=2)]


class Who(_Part):
    """Who is treated, and who is compared. treated: names or codes of places, or the file of people beside the declaration.

    comparison: places by name or code, `all_others`, `matched`; empty where there is none.
    """

    kind: Kind
    treated: tuple[str, ...] | str
    comparison: tuple[str, ...] | Literal["all_others", "matched"] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind is Kind.PEOPLE:
            if not isinstance(self.treated, str):
                raise ValueError("treated: give the name of the file of people that lies beside the declaration")
            if self.comparison not in ((), MATCHED):
                raise ValueError('comparison: of people give "matched", or nothing')
        elif isinstance(self.treated, str) or not self.treated:
            raise ValueError("treated: give the places as a list")
        elif self.comparison == MATCHED:
            raise ValueError('comparison: of places give a list of places, "all_others", or nothing')
        elif not isinstance(self.comparison, str) and set(self.comparison) & set(self.treated):
            raise ValueError("comparison: a place is treated or compared, not both")
        return self


class When(_Part):
    """The months that are looked at: before starts_on, and after the washout, which belongs to neither."""

    starts_on: Day
    months_before: Annotated[Months, Field(ge=1)]
    months_after: Annotated[Months, Field(ge=1)]
    washout_months: Months = 0

    @property
    def first_month(self) -> str:
        """The first month (YYYY-MM) that is treated from its first day on."""
        month = self.starts_on.isoformat()[:7]
        return month if self.starts_on.day == 1 else after(month)

    @property
    def left_out(self) -> list[str]:
        """The months that are neither before nor after: the one in whose midst it starts, and the washout."""
        part = [] if self.starts_on.day == 1 else [self.starts_on.isoformat()[:7]]
        return part + [moved(self.first_month, at) for at in range(self.washout_months)]

    @property
    def before(self) -> list[str]:
        """The months before the start that are looked at."""
        start = self.starts_on.isoformat()[:7]
        return months(moved(start, -self.months_before), moved(start, -1))

    @property
    def after(self) -> list[str]:
        """The months after the washout that are looked at."""
        first = moved(self.first_month, self.washout_months)
        return months(first, moved(first, self.months_after - 1))


def _as_financial_year(value: str) -> str:
    if not re.fullmatch(FINANCIAL_YEAR, value):
        raise ValueError("give a financial year as 2025-26")
    return value


class PriceBase(_Part):
    """In which prices pounds are told."""

    series: str
    vintage: str
    year: Annotated[str, AfterValidator(_as_financial_year)]


class Outcome(_Part):
    """What is looked at. services: instead of a scope, the services by their public names."""

    scope: Scope | None = None
    services: tuple[str, ...] = ()
    age_group: AgeGroup = AgeGroup.ALL
    measure: Measure = Measure.COST_PER_HEAD
    price_base: PriceBase | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.scope is None) == (not self.services):
            raise ValueError("give either scope or services")
        return self


class Declaration(_Part):
    """A test of change as it is declared."""

    what: What
    who: Who
    when: When
    outcome: Outcome
    design: Design

    @model_validator(mode="after")
    def _fits(self) -> Self:
        is_of_people = self.who.kind is Kind.PEOPLE
        if is_of_people != (self.design is Design.MATCHED_DIFFERENCE) and self.design is not Design.INTERRUPTED_TIME_SERIES:
            raise ValueError("design: matched_difference is for people, the comparison of places for places")
        if self.design is Design.INTERRUPTED_TIME_SERIES and self.who.comparison:
            raise ValueError(
                "who.comparison: an interrupted_time_series compares with nobody; leave it out, or take another design"
            )
        if is_of_people and self.outcome.measure is not Measure.COST_PER_HEAD:
            raise ValueError("outcome.measure: of people only cost_per_head can be told")
        return self


@dataclass(frozen=True)
class Declared:
    """A declaration with the hash of what was written: its file, and the file of people that it names."""

    declaration: Declaration
    sha256: str
    people: Path | None


def folder_of(root: DataRoot) -> Path:
    """Where the declarations lie."""
    return root.folder("tests_of_change")


def names_of(root: DataRoot) -> list[str]:
    """The tests of change that have a declaration."""
    return sorted(path.stem for path in folder_of(root).glob("*.toml"))


def read_declaration(root: DataRoot, name: str) -> Declared:
    """The declaration of a name. Raises IrfError, in one line, for whatever cannot be used."""
    path = folder_of(root) / f"{name}.toml"
    if not NAME.fullmatch(name) or not path.is_file():
        known = names_of(root)
        raise IrfError(
            f"tests_of_change/{name}.toml: there is no such declaration; "
            + (f"there is {listed(known)}" if known else "write it")
        )
    content = path.read_bytes()
    try:
        declaration = Declaration.model_validate(_unfolded(tomllib.loads(content.decode("utf-8-sig"))))
    except UnicodeDecodeError:
        raise IrfError(f"tests_of_change/{path.name}: is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise IrfError(f"tests_of_change/{path.name}: is no TOML: {error}") from None
    except ValidationError as error:
        raise IrfError(f"tests_of_change/{path.name}: {listed([_mistake(e) for e in error.errors()])}") from None
    if declaration.what.name != name:
        raise IrfError(f"tests_of_change/{path.name}: name: {declaration.what.name}: give the name of the file, {name}")
    people = None
    if isinstance(declaration.who.treated, str):
        people = path.parent / declaration.who.treated
        if people.parent != path.parent or people.is_symlink() or not people.is_file():
            raise IrfError(
                f"tests_of_change/{path.name}: who.treated: {declaration.who.treated}: there is no such file beside it"
            )
        content += b"\0" + people.read_bytes()
    return Declared(declaration, hashlib.sha256(content).hexdigest(), people)


def _unfolded(told: dict[str, object]) -> dict[str, object]:
    """`design` may stand alone above the parts, or in a part of its own as `[design]` with `design = …`."""
    design = told.get("design")
    return {**told, "design": design["design"]} if isinstance(design, dict) and set(design) == {"design"} else told


def _mistake(error: object) -> str:
    """One mistake in words: the key, what was found, what is expected."""
    assert isinstance(error, dict)
    key = ".".join(str(part) for part in error["loc"])
    said = str(error["msg"]).removeprefix("Value error, ")
    said = {"Field required": "is missing", "Extra inputs are not permitted": "is no key of a declaration"}.get(said, said)
    return f"{key}: {said[0].lower()}{said[1:]}" if key else said
