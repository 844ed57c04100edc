"""Families of dates and places: dates slipped, people who moved, care homes, namesakes, people whom nobody knows.

Belongs here: kinds that a date of birth, a home or a namesake makes hard. Every public function is a kind; `absent` in its
name: the client is not in the register. Does not belong here: relatives (`families_of_relatives.py`).
"""

import datetime as dt

from tests.bench.families_town import (
    BORN_BETWEEN,
    FEMALE,
    LEAVE,
    LINK,
    MALE,
    REVIEW,
    Home,
    Person,
    Town,
    days_later,
    years_later,
)

_OLD = (1925, 1945)
_OLD_FORENAMES = ("Margaret", "Jean", "Mary")


def day_and_month_turned(town: Town) -> None:
    person = town.registered(dob=town.turnable_date())
    town.client(person, LINK, dob=_turned(person.dob))


def day_and_month_turned_moved(town: Town) -> None:
    person = town.registered(dob=town.turnable_date())
    town.client(person, LINK | REVIEW, dob=_turned(person.dob), **town.home())


def first_january(town: Town) -> None:
    person = town.registered()
    town.client(person, LINK | REVIEW, dob=_first_january(person))


def first_january_moved(town: Town) -> None:
    person = town.registered(surname=town.common_surname())
    town.client(person, LINK | REVIEW | LEAVE, dob=_first_january(person), **town.home())


def first_january_namesake_absent(town: Town) -> None:
    namesake = _namesake(town, town.registered(surname=town.common_surname()), same_year=True)
    town.client(namesake, REVIEW | LEAVE, dob=_first_january(namesake))


def first_january_1900(town: Town) -> None:
    town.client(town.registered(), LINK | REVIEW | LEAVE, dob=dt.date(1900, 1, 1))


def ten_years_off(town: Town) -> None:
    person = town.registered()
    town.client(person, LINK | REVIEW, dob=years_later(person.dob, town.chance.choice((-10, 10))))


def one_day_off(town: Town) -> None:
    person = town.registered()
    town.client(person, LINK, dob=days_later(person.dob, 1))


def one_month_off_moved(town: Town) -> None:
    born = dt.date(town.chance.randint(*BORN_BETWEEN), town.chance.randint(1, 11), town.chance.randint(1, 28))
    person = town.registered(dob=born)
    town.client(person, LINK | REVIEW, dob=born.replace(month=born.month + 1), **town.home())


def no_date_of_birth_rare_name(town: Town) -> None:
    town.client(town.registered(surname=town.rare_surname()), LINK | REVIEW, dob=None)


def no_date_of_birth_common_name_moved(town: Town) -> None:
    person = town.registered(sex=MALE, given="James", surname="Smith")
    town.registered(sex=MALE, given="James", surname="Smith")
    town.client(person, REVIEW | LEAVE, dob=None, **town.home())


def no_sex_and_no_home(town: Town) -> None:
    town.client(town.registered(surname=town.rare_surname()), LINK, sex=None, postcode=None, addr=None)


def moved(town: Town) -> None:
    town.client(town.registered(), LINK, **town.home())


def client_twice(town: Town) -> None:
    person = town.registered()
    town.client(person, LINK)
    town.client(person, LINK | REVIEW, given=person.given[0], middle=None, **town.home())


def moved_to_a_care_home(town: Town) -> None:
    town.client(town.registered(years=_OLD), LINK, **town.care_home())


def care_home_namesakes_both(town: Town) -> None:
    home, surname = town.care_home(), town.surname()
    people = [town.registered(sex=FEMALE, home=home, years=_OLD, given="Margaret", surname=surname) for _ in range(2)]
    for person in people:
        town.client(person, LINK)


def care_home_namesake_absent(town: Town) -> None:
    home, given = town.care_home(), town.chance.choice(_OLD_FORENAMES)
    person = town.registered(sex=FEMALE, home=home, years=_OLD, given=given)
    namesake = town.person(sex=FEMALE, home=home, years=_OLD, given=given, surname=person.surname)
    town.client(namesake, REVIEW | LEAVE)


def care_home_same_forename_absent(town: Town) -> None:
    home, given = town.care_home(), town.chance.choice(_OLD_FORENAMES)
    person = town.registered(sex=FEMALE, home=home, years=(1930, 1940), given=given)
    born = days_later(person.dob, town.chance.choice((-31, 1, 10, 365)))
    town.client(town.person(sex=FEMALE, home=home, dob=born, given=given), REVIEW | LEAVE)


def care_home_both_names_misspelt(town: Town) -> None:
    home = town.care_home()
    person = town.registered(sex=FEMALE, home=home, years=_OLD)
    town.registered(sex=FEMALE, home=home, years=_OLD, surname=person.surname)
    town.client(person, LINK | REVIEW, given=town.misspelt(person.given), surname=town.misspelt(person.surname))


def namesakes_in_two_towns_both(town: Town) -> None:
    person = _in_dundee(town)
    namesake = town.enter(_namesake(town, person, same_year=True, home=town.home("PH1")))
    town.client(person, LINK)
    town.client(namesake, LINK)


def namesake_in_another_town_absent(town: Town) -> None:
    town.client(_namesake(town, _in_dundee(town), home=town.home("PH1")), REVIEW | LEAVE)


def namesake_of_the_same_year_absent(town: Town) -> None:
    town.client(_namesake(town, _in_dundee(town), same_year=True, home=town.home("PH1")), REVIEW | LEAVE)


def namesake_of_the_same_month_absent(town: Town) -> None:
    born = dt.date(town.chance.randint(*BORN_BETWEEN), 5, town.chance.randint(1, 12))
    later = days_later(born, town.chance.randint(9, 15))
    town.client(_namesake(town, _in_dundee(town, dob=born), dob=later, home=town.home("PH1")), REVIEW | LEAVE)


def namesakes_of_the_same_date(town: Town) -> None:
    person = _in_dundee(town)
    town.enter(_namesake(town, person, dob=person.dob, home=town.home("PH1")))
    town.client(person, LINK | REVIEW)


def namesakes_of_the_same_date_moved(town: Town) -> None:
    person = _in_dundee(town)
    namesake = town.enter(_namesake(town, person, dob=person.dob, home=town.home("PH1")))
    person.middle = namesake.middle = None
    town.client(person, REVIEW | LEAVE, middle=None, **town.home("DD8"))


def same_surname_and_street_absent(town: Town) -> None:
    person = town.registered()
    born = days_later(person.dob, town.chance.randint(200, 900))
    town.client(town.relative(person, dob=born, home=town.near(person)), REVIEW | LEAVE)


def same_forename_and_date_absent(town: Town) -> None:
    person = town.registered()
    town.client(town.person(sex=person.sex, given=person.given, dob=person.dob), REVIEW | LEAVE)


def same_surname_and_date_absent(town: Town) -> None:
    town.client(town.relative(town.registered(), home=town.home()), REVIEW | LEAVE)


def new_tenant_of_the_same_forename_absent(town: Town) -> None:
    person = town.registered()
    town.client(town.person(sex=person.sex, home=person.home, given=person.given), REVIEW | LEAVE)


def stranger_absent(town: Town) -> None:
    town.client(town.person(), REVIEW | LEAVE)


def _turned(born: dt.date) -> dt.date:
    return born.replace(month=born.day, day=born.month)


def _first_january(person: Person) -> dt.date:
    return person.dob.replace(month=1, day=1)


def _in_dundee(town: Town, dob: dt.date | None = None) -> Person:
    return town.registered(dob=dob, home=town.home("DD3"), surname=town.common_surname())


def _namesake(
    town: Town, person: Person, *, same_year: bool = False, dob: dt.date | None = None, home: Home | None = None
) -> Person:
    years = (person.dob.year, person.dob.year) if same_year else BORN_BETWEEN
    return town.person(sex=person.sex, dob=dob, home=home, years=years, given=person.given, surname=person.surname)
