"""A town for families to live in: people as the register has them, and clients as councils write them down.

Belongs here: making one person, one of the same household, a home, a date and a name, and entering people in the register and
among the clients. Does not belong here: which families there are (`families.py`), writing cases (`linkage_families.py`).
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import TypedDict, Unpack

import numpy as np

from pipelines.synth import names

MALE, FEMALE = "1", "2"
BORN_BETWEEN = (1930, 1985)
HAS_MIDDLE_NAME, MIDDLE_NAME_LEFT_OUT, LISTED_SURNAME = 0.65, 0.5, 0.7
LISTED_SURNAMES = names.SURNAMES[: names.SINGLE_SURNAMES]
COMMON_SURNAMES = LISTED_SURNAMES[:15]
_SURNAME_STARTS = "Kirk Cold Dun Inver Strath Glen Bal Bar Car Loch Wood Hart Whit Auch Pit Ard Craig Lin Ruth Hals"
_SURNAME_ENDS = "well ston burn field ford more ie land wood ton brae erton inlay enzie"
RARE_SURNAMES = tuple(start + end for start in _SURNAME_STARTS.split() for end in _SURNAME_ENDS.split())
_STREET_NAMES = (
    "High Church Station Mill Castle Kirk Victoria Albert Queen King Park Nursery Glebe Links Harbour Bridge School Market "
    "Forest Manse Viewforth Ferry Ogilvie Seagate Murray Airlie Strathmore Panmure Dundee Perth Arbroath Forfar Brechin "
    "Montrose Kinnoull Tay Isla Esk Lunan Vane"
)
_STREET_KINDS = "Street Road Place Terrace Gardens Crescent Avenue"
STREETS = tuple(f"{name} {kind}" for name in _STREET_NAMES.split() for kind in _STREET_KINDS.split())
POSTCODE_DISTRICTS = ("DD1", "DD2", "DD3", "DD4", "DD5", "DD7", "DD8", "DD10", "DD11", "PH1", "PH2", "PH7")
POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


class Outcome(Flag):
    """What the linkage does with a client: links the right person, asks a reviewer, leaves the client alone, links another."""

    LINK = auto()
    REVIEW = auto()
    LEAVE = auto()
    WRONG = auto()


LINK, REVIEW, LEAVE = Outcome.LINK, Outcome.REVIEW, Outcome.LEAVE


class Home(TypedDict):
    """Where somebody lives."""

    postcode: str
    addr: str


class Known(TypedDict, total=False):
    """What is settled of a person before the rest is drawn."""

    given: str
    middle: str | None
    surname: str


class Wanted(Known, total=False):
    """The same, with what else a person is drawn by: born on `dob`, or in one of the `years`."""

    sex: str | None
    dob: dt.date | None
    home: Home | None
    years: tuple[int, int]


class Written(TypedDict, total=False):
    """What a client record has in place of what is right."""

    given: str | None
    middle: str | None
    surname: str | None
    dob: dt.date | None
    sex: str | None
    postcode: str | None
    addr: str | None


@dataclass(eq=False)
class Person:
    """A person as the register has them or would have them; `rid` only where the register has them."""

    given: str
    middle: str | None
    surname: str
    dob: dt.date
    sex: str
    postcode: str
    addr: str
    chi_number: str
    rid: str | None = None

    @property
    def home(self) -> Home:
        """Where the person lives."""
        return {"postcode": self.postcode, "addr": self.addr}

    def details(self) -> Written:
        """Everything that a record says of the person, numbers apart."""
        return {
            "given": self.given,
            "middle": self.middle,
            "surname": self.surname,
            "dob": self.dob,
            "sex": self.sex,
            "postcode": self.postcode,
            "addr": self.addr,
        }


@dataclass(frozen=True)
class Client:
    """A client record, the person it is of, and what the linkage may do with it."""

    rid: str
    person: Person
    written: Written
    acceptable: Outcome


@dataclass
class Town:
    """A register and clients in the making; everything is drawn from one seed."""

    seed: int
    register: list[Person] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self._slips = np.random.default_rng(self.seed)
        self._numbers_given: set[str] = set()
        self._streets = [(self._postcode(at), street) for at, street in enumerate(STREETS)]

    def enter(self, *people: Person) -> Person:
        """Enter people in the register; the first of them is returned."""
        for person in people:
            person.rid = f"r{len(self.register):06d}"
            self.register.append(person)
        return people[0]

    def registered(self, **wanted: Unpack[Wanted]) -> Person:
        """A person of the register."""
        return self.enter(self.person(**wanted))

    def client(self, person: Person, acceptable: Outcome, *, keep_middle: bool = False, **instead: Unpack[Written]) -> None:
        """Write a client down as the register has the person, but for what is given; half the middle names are left out."""
        written = person.details()
        if not keep_middle and self.chance.random() < MIDDLE_NAME_LEFT_OUT:
            written["middle"] = None
        written.update(instead)
        self.clients.append(Client(f"c{len(self.clients):06d}", person, written, acceptable))

    def person(
        self,
        *,
        sex: str | None = None,
        dob: dt.date | None = None,
        home: Home | None = None,
        years: tuple[int, int] = BORN_BETWEEN,
        **known: Unpack[Known],
    ) -> Person:
        """Somebody born in one of the years, or on the date; the forename is one of the years."""
        sex, year = sex or self.sex(), self.chance.randint(*years)
        middle = self.forename(sex, year - 20) if self.chance.random() < HAS_MIDDLE_NAME else None
        given, surname, home = self.forename(sex, year), self.surname(), home or self.home()
        dob = dob or self.date_in(year)
        return Person(
            given=known.get("given", given),
            middle=known.get("middle", middle),
            surname=known.get("surname", surname),
            dob=dob,
            sex=sex,
            chi_number=self._chi_number(dob, sex),
            **home,
        )

    def relative(
        self,
        person: Person,
        *,
        sex: str | None = None,
        dob: dt.date | None = None,
        home: Home | None = None,
        **known: Unpack[Known],
    ) -> Person:
        """Somebody of the same household: another forename; the surname, the date of birth, the sex and the home are alike."""
        sex, dob = sex or person.sex, dob or person.dob
        details: Known = {"given": self.other_forename(sex, dob.year, person.given), "surname": person.surname}
        details.update(known)
        return self.person(sex=sex, dob=dob, home=home or person.home, years=(dob.year, dob.year), **details)

    def sex(self) -> str:
        """Either sex."""
        return self.chance.choice((MALE, FEMALE))

    def surname(self) -> str:
        """A surname of Tayside, or a rare one."""
        if self.chance.random() >= LISTED_SURNAME:
            return self.rare_surname()
        return self.chance.choices(LISTED_SURNAMES, [1 / (at + 25) for at in range(len(LISTED_SURNAMES))])[0]

    def rare_surname(self) -> str:
        """A surname that hardly anybody else has."""
        return self.chance.choice(RARE_SURNAMES)

    def common_surname(self) -> str:
        """A surname that many have."""
        return self.chance.choice(COMMON_SURNAMES)

    def forename(self, sex: str, year: int) -> str:
        """A forename of the time."""
        era = 0 if year < 1955 else 1 if year < 1990 else 2
        pool = names.FORENAME_GROUPS[2 * era + (sex == FEMALE)]
        return self.chance.choices(pool, [1 / (at + 6) for at in range(len(pool))])[0]

    def other_forename(self, sex: str, year: int, taken: str) -> str:
        """A forename of the time that starts with another letter."""
        while (forename := self.forename(sex, year))[0] == taken[0]:
            pass
        return forename

    def misspelt(self, name: str) -> str:
        """The name with one slip of the fingers."""
        return names.misspelt(name, self._slips)

    def date_in(self, year: int) -> dt.date:
        """A date of the year."""
        return days_later(dt.date(year, 1, 1), self.chance.randrange(365))

    def turnable_date(self) -> dt.date:
        """A date whose day may be taken for the month."""
        year, month = self.chance.randint(*BORN_BETWEEN), self.chance.randint(1, 12)
        return dt.date(year, month, self.chance.choice([day for day in range(2, 13) if day != month]))

    def home(self, district: str = "") -> Home:
        """A home in the postcode district, or anywhere."""
        streets = [place for place in self._streets if not district or place[0].startswith(f"{district} ")]
        postcode, street = self.chance.choice(streets)
        return {"postcode": postcode, "addr": f"{self.chance.randrange(1, 60)} {street}"}

    def near(self, person: Person) -> Home:
        """Another address at the postcode of the person."""
        return {"postcode": person.postcode, "addr": self.home()["addr"]}

    def care_home(self) -> Home:
        """A care home."""
        postcode, street = self.chance.choice(self._streets)
        return {"postcode": postcode, "addr": f"Balgay House Care Home, 1 {street}"}

    def _postcode(self, at: int) -> str:
        district, letters = POSTCODE_DISTRICTS[at % len(POSTCODE_DISTRICTS)], self.chance.choices(POSTCODE_LETTERS, k=2)
        return f"{district} {self.chance.randrange(1, 10)}{''.join(letters)}"

    def _chi_number(self, dob: dt.date, sex: str) -> str:
        """A CHI number that nobody else has: date of birth, three digits of which the last tells the sex, check digit."""
        while True:
            last = self.chance.choice("13579" if sex == MALE else "02468")
            body = f"{dob:%d%m%y}{self.chance.randrange(100):02d}{last}"
            check = -sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
            if check < 10 and body not in self._numbers_given:
                self._numbers_given.add(body)
                return f"{body}{check}"


def days_later(date: dt.date, days: int) -> dt.date:
    """The date so many days later."""
    return date + dt.timedelta(days)


def years_later(date: dt.date, years: int) -> dt.date:
    """The same day so many years later; 28 February for a 29th that is not there."""
    try:
        return date.replace(year=date.year + years)
    except ValueError:
        return date.replace(year=date.year + years, day=28)
