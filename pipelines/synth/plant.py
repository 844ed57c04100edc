"""The test of change that a made world is to have: read from a TOML file, with one sentence for each mistake in it.

Belongs here: the keys, what may be given for each, the errors. Does not belong here: who that is in a world (`treated.py`), what it
does to records (`effect.py`).
"""

import datetime
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipelines.engine.errors import IrfError, listed
from schemas.analysis_codes import AgeGroup, Scope

_GIVE = {
    "name": 'small letters, digits and hyphens, as "enhanced-support"',
    "starts_on": "the first day of a month, as 2025-04-01",
    "change": 'a share from -0.9 to 1 with at most four decimals, in quotes, as "-0.05"',
    "scope": f"one of {', '.join(Scope)}",
    "age_group": f"one of {', '.join(AgeGroup)}",
    "who": "a table [who] with the kind of those who are treated",
    "who.kind": "localities, councils or people",
    "who.treated": 'a list of names, as ["Lochee"]',
    "who.number": "how many people, as 200",
    "who.chosen_for": "chance or high_cost",
    "who.spill_over": 'a share from 0 to 1 with at most two decimals, in quotes, as "0.5"',
}
"""Every key, and what may be given for it."""
_OF_KIND = {
    "localities": ({"treated"}, {"treated", "spill_over"}),
    "councils": ({"treated"}, {"treated", "spill_over"}),
    "people": ({"number", "chosen_for"}, {"number", "chosen_for"}),
}
"""What `who` needs besides its kind, and what it may have."""


def _in_quotes(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


Share = Annotated[Decimal, BeforeValidator(_in_quotes)]


class Who(BaseModel):
    """Who is treated. treated: names of localities, or of councils or their agencies. spill_over: share of the change that
    reaches the other localities of the same councils. number, chosen_for: how many people, and why they.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["localities", "councils", "people"]
    treated: tuple[str, ...] = ()
    number: Annotated[int, Field(ge=1)] = 1
    chosen_for: Literal["chance", "high_cost"] = "chance"
    spill_over: Annotated[Share, Field(ge=0, le=1, decimal_places=2)] = Decimal(0)


class Plant(BaseModel):
    """A change of what is truly used, as a share of its cost, by some people or places from a month on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    starts_on: datetime.date
    change: Annotated[Share, Field(ge=Decimal("-0.9"), le=1, decimal_places=4)]
    scope: Scope = Scope.ALL
    age_group: AgeGroup = AgeGroup.ALL
    who: Who

    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        """The plant that a TOML file says. Raises ValueError with a sentence for each mistake."""
        try:
            plant = cls.model_validate(body)
        except ValidationError as error:
            raise ValueError(
                listed([_sentence(".".join(map(str, e["loc"])), e["type"], e["input"]) for e in error.errors()])
            ) from None
        problems = [] if plant.starts_on.day == 1 else [_sentence("starts_on", "", plant.starts_on)]
        needed, allowed = _OF_KIND[plant.who.kind]
        given = plant.who.model_fields_set - {"kind"}
        problems += [_sentence(f"who.{key}", "missing", None) for key in sorted(needed - given)]
        problems += [f"who.{key} is not for {plant.who.kind}; take it away" for key in sorted(given - allowed)]
        if plant.who.kind == "councils" and plant.who.spill_over:
            problems.append("who.spill_over has no place to reach beside a whole council; take it away, or give localities")
        if "treated" in given & allowed and (not plant.who.treated or len(set(plant.who.treated)) < len(plant.who.treated)):
            problems.append(f"who.treated has no name, or one twice; give {_GIVE['who.treated']}")
        if problems:
            raise ValueError(listed(problems))
        return plant


def _sentence(place: str, kind: str, given: object) -> str:
    """What is wrong at a place, and what to give instead. A place within a list is the list's."""
    key = re.sub(r"\.\d+$", "", place)
    if kind == "extra_forbidden":
        return f"{key} is no key; the keys are {', '.join(_GIVE)}"
    if kind == "missing":
        return f"{key} is missing; give {_GIVE[key]}"
    return f"{key} cannot be {given!s}; give {_GIVE[key]}"


def read_plant(file: Path) -> Plant:
    """Read a test of change. Raises IrfError that names the file, the key and what to do."""
    try:
        return Plant.of(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        raise IrfError(f"{file}: cannot be read: {error.strerror}; give a TOML file with a test of change") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IrfError(f"{file}: is no TOML: {error}; strings are in quotes, the people or places in a table [who]") from None
    except ValueError as error:
        raise IrfError(f"{file}: {error}") from None
