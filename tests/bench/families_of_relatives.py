"""Families of relatives: twins, fathers and sons, brothers and sisters, couples, the newly born.

Belongs here: kinds whose clients may be taken for a relative. Every public function is a kind; `absent` in its name: the
client is not in the register. Does not belong here: names and dates written otherwise, namesakes who are no relatives.
"""

import datetime as dt

from tests.bench.families_town import FEMALE, LEAVE, LINK, MALE, REVIEW, Person, Town, days_later, years_later

_OLD = (1930, 1950)
_CLOSE_NAMES = {
    MALE: "David/Daniel James/Jamie Alan/Allan Ronald/Donald Stewart/Steven Neil/Niall Martin/Marvin",
    FEMALE: "Jean/Joan Elsie/Elspeth Karen/Karin Mary/Marie Annie/Anna Moira/Moyra Sheila/Shona",
}
_CLOSE_NAMES_OF_TWO = {MALE: "David/Daniel Ronald/Donald", FEMALE: "Jean/Joan Sheila/Shona Elsie/Elspeth"}
_CLOSE_NAMES_OF_SIBLINGS = {MALE: "David/Daniel Ronald/Donald", FEMALE: "Jean/Joan Sheila/Shona"}
_COUPLES = ("Francis/Frances", "Robert/Roberta", "George/Georgina", "Patrick/Patricia", "Leslie/Lesley")


def twins_same_sex_both(town: Town) -> None:
    person = town.registered()
    twin = town.enter(town.relative(person))
    town.client(person, LINK)
    town.client(twin, LINK)


def twins_other_sex_both(town: Town) -> None:
    brother = town.registered(sex=MALE)
    sister = town.enter(town.relative(brother, sex=FEMALE))
    town.client(brother, LINK)
    town.client(sister, LINK)


def twin_same_sex_absent(town: Town) -> None:
    person = town.registered()
    town.client(person, LINK)
    town.client(town.relative(person), REVIEW | LEAVE)


def twin_same_sex_absent_only_client(town: Town) -> None:
    town.client(town.relative(town.registered()), REVIEW | LEAVE)


def twin_other_sex_absent(town: Town) -> None:
    town.client(town.relative(town.registered(sex=MALE), sex=FEMALE), REVIEW | LEAVE)


def twins_close_names_both(town: Town) -> None:
    sex, given, close = _close_names(town, _CLOSE_NAMES)
    person = town.registered(sex=sex, given=given)
    twin = town.enter(town.relative(person, given=close))
    town.client(person, LINK)
    town.client(twin, LINK)


def twin_close_name_absent(town: Town) -> None:
    sex, given, close = _close_names(town, _CLOSE_NAMES_OF_TWO)
    person = town.registered(sex=sex, given=given)
    town.client(town.relative(person, given=close), REVIEW | LEAVE)


def twins_client_no_forename(town: Town) -> None:
    person = town.registered()
    town.enter(town.relative(person))
    town.client(person, REVIEW | LEAVE, given=None, middle=None)


def twins_client_initial_tells(town: Town) -> None:
    person = town.registered()
    town.enter(town.relative(person))
    town.client(person, LINK | REVIEW, given=person.given[0], middle=None)


def twins_client_initial_does_not_tell(town: Town) -> None:
    person = town.registered(sex=MALE, given="James")
    town.enter(town.relative(person, given="John"))
    town.client(person, REVIEW | LEAVE, given="J", middle=None)


def twin_absent_initial_other(town: Town) -> None:
    twin = town.relative(town.registered())
    town.client(twin, REVIEW | LEAVE, given=twin.given[0], middle=None)


def triplets_one_misspelt(town: Town) -> None:
    person = town.registered(sex=FEMALE, given="Margaret")
    town.enter(town.relative(person, given="Dorothy"), town.relative(person, given="Isabella"))
    town.client(person, LINK, given=town.misspelt("Margaret"))


def twins_other_moved(town: Town) -> None:
    person = town.registered()
    twin = town.enter(town.relative(person))
    town.client(twin, LINK, **town.home())
    town.client(person, LINK)


def known_by_middle_name_that_the_twin_has(town: Town) -> None:
    person = town.registered()
    twin = town.enter(town.relative(person))
    person.middle = twin.given
    town.client(twin, LINK | REVIEW, middle=None)
    town.client(person, LINK, middle=None)


def father_and_son_both(town: Town) -> None:
    father = town.registered(sex=MALE, years=_OLD)
    son = town.enter(_namesake_a_generation_later(town, father))
    town.client(father, LINK)
    town.client(son, LINK)


def son_absent(town: Town) -> None:
    father = town.registered(sex=MALE, years=_OLD)
    town.client(_namesake_a_generation_later(town, father), REVIEW | LEAVE)


def father_absent(town: Town) -> None:
    father = town.person(sex=MALE, years=_OLD)
    town.enter(_namesake_a_generation_later(town, father))
    town.client(father, REVIEW | LEAVE)


def son_absent_same_birthday(town: Town) -> None:
    father = town.registered(sex=MALE, years=_OLD)
    born = years_later(father.dob, town.chance.choice((20, 24, 26, 30)))
    town.client(town.relative(father, given=father.given, middle=father.middle, dob=born), REVIEW | LEAVE)


def father_and_son_no_date_of_birth(town: Town) -> None:
    father = town.registered(sex=MALE, years=_OLD)
    born = days_later(years_later(father.dob, town.chance.randint(22, 34)), 40)
    town.enter(town.relative(father, given=father.given, middle=father.middle, dob=born))
    town.client(father, REVIEW | LEAVE, dob=None)


def father_and_son_who_moved_both(town: Town) -> None:
    father = town.registered(sex=MALE, years=_OLD)
    son = town.enter(town.relative(father, given=father.given, dob=days_later(years_later(father.dob, 28), 77)))
    town.client(son, LINK, **town.home())
    town.client(father, LINK)


def grandson_other_home_absent(town: Town) -> None:
    grandfather = town.registered(sex=MALE, years=(1930, 1940))
    born = days_later(years_later(grandfather.dob, 52), 33)
    town.client(town.relative(grandfather, given=grandfather.given, dob=born, home=town.home()), REVIEW | LEAVE)


def daughter_of_same_name_absent(town: Town) -> None:
    mother = town.registered(sex=FEMALE, years=_OLD)
    born = days_later(years_later(mother.dob, 24), -60)
    town.client(town.relative(mother, given=mother.given, dob=born), REVIEW | LEAVE)


def sibling_a_year_apart_absent(town: Town) -> None:
    town.client(_sibling(town, town.registered(), 330, 420), REVIEW | LEAVE)


def siblings_a_year_apart_both(town: Town) -> None:
    person = town.registered()
    sibling = town.enter(_sibling(town, person, 330, 420))
    town.client(person, LINK)
    town.client(sibling, LINK)


def sibling_close_name_same_birthday_absent(town: Town) -> None:
    sex, given, close = _close_names(town, _CLOSE_NAMES_OF_SIBLINGS)
    person = town.registered(sex=sex, given=given)
    town.client(town.relative(person, given=close, dob=years_later(person.dob, 2)), REVIEW | LEAVE)


def sibling_named_after_one_who_died_absent(town: Town) -> None:
    person = town.registered(years=(1930, 1945))
    born = days_later(person.dob, town.chance.randint(400, 900))
    town.client(town.relative(person, given=person.given, dob=born), REVIEW | LEAVE)


def brother_absent_other_home(town: Town) -> None:
    person = town.registered(sex=MALE)
    born = days_later(person.dob, town.chance.randint(330, 800))
    town.client(town.relative(person, dob=born, home=town.home()), REVIEW | LEAVE)


def couple_names_alike_absent(town: Town) -> None:
    his, hers = town.chance.choice(_COUPLES).split("/")
    husband = town.registered(sex=MALE, given=his)
    born = days_later(husband.dob, town.chance.randint(-900, 900))
    town.client(town.relative(husband, sex=FEMALE, given=hers, dob=born), REVIEW | LEAVE)


def couple_both_and_she_took_his_surname(town: Town) -> None:
    husband = town.registered(sex=MALE)
    born = days_later(husband.dob, town.chance.randint(-900, 900))
    wife = town.enter(town.relative(husband, sex=FEMALE, surname=town.surname(), dob=born))
    town.client(husband, LINK)
    town.client(wife, LINK | REVIEW, surname=husband.surname)


def baby_of_mother_in_register(town: Town) -> None:
    mother = town.registered(sex=FEMALE, years=(1990, 2002))
    named, born = f"Baby of {mother.given}", town.date_in(2024)
    baby = town.enter(town.relative(mother, sex=town.sex(), given=named, middle=None, dob=born))
    town.client(baby, LINK | REVIEW | LEAVE, given=town.forename(baby.sex, 2024))
    town.client(mother, LINK)


def baby_twins_in_register(town: Town) -> None:
    baby = town.registered(sex=MALE, years=(2024, 2024), given="Baby Boy 1", middle=None)
    town.enter(town.relative(baby, given="Baby Boy 2", middle=None))
    town.client(baby, REVIEW | LEAVE, given=town.forename(MALE, 2024))


def baby_as_client(town: Town) -> None:
    town.client(town.registered(years=(2024, 2024)), LINK | REVIEW, given="Baby", middle=None)


def baby_absent_of_older_sibling(town: Town) -> None:
    older = town.registered(years=(2022, 2022))
    born = days_later(older.dob, town.chance.randint(330, 700))
    town.client(town.relative(older, given="Baby", middle=None, dob=born), REVIEW | LEAVE)


def stepchild_of_same_forename_absent(town: Town) -> None:
    child = town.registered(years=(1990, 2010))
    born = days_later(child.dob, town.chance.randint(60, 300))
    town.client(town.relative(child, given=child.given, surname=town.surname(), dob=born), REVIEW | LEAVE)


def cousin_of_same_name_in_the_village_absent(town: Town) -> None:
    person = town.registered(sex=MALE, given=town.chance.choice(("Donald", "Angus", "Norman")), surname="MacLeod")
    born = days_later(person.dob, town.chance.randint(30, 300))
    town.client(town.relative(person, given=person.given, dob=born, home=town.near(person)), REVIEW | LEAVE)


def _close_names(town: Town, pairs: dict[str, str]) -> tuple[str, str, str]:
    """A sex and two names of it that are nearly the same."""
    sex = town.sex()
    given, close = town.chance.choice(pairs[sex].split()).split("/")
    return sex, given, close


def _namesake_a_generation_later(town: Town, father: Person) -> Person:
    born: dt.date = days_later(years_later(father.dob, town.chance.randint(22, 34)), town.chance.randint(-100, 100))
    return town.relative(father, given=father.given, middle=father.middle, dob=born)


def _sibling(town: Town, person: Person, at_least: int, at_most: int) -> Person:
    return town.relative(person, dob=days_later(person.dob, town.chance.randint(at_least, at_most)))
