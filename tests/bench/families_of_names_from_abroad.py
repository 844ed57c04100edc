"""Families of names from abroad: South Asian, Polish, Chinese and accented names as councils write them down.

Belongs here: kinds that come of how names work elsewhere, relatives with such names too. Every public function is a kind;
`absent` in its name: the client is not in the register. Does not belong here: Scottish names (`families_of_names.py`).
"""

import datetime as dt

from pipelines.synth.names import without_accents
from tests.bench.families_town import FEMALE, LEAVE, LINK, MALE, REVIEW, Person, Town, days_later

_SOUTH_ASIAN = {
    MALE: ("Imran", "Irfan", "Tariq", "Bilal", "Usman", "Asif", "Javed", "Rashid"),
    FEMALE: ("Nasreen", "Shabana", "Farzana", "Rukhsana", "Saima", "Parveen"),
}
_SOUTH_ASIAN_SURNAMES = ("Khan", "Ahmed", "Hussain", "Malik", "Iqbal", "Ali")
_POLISH_YEARS = (1970, 1995)
_PLAIN_POLISH = str.maketrans("łŁóńś", "lLons")
_POLISH_AND_ENGLISH = ("Katarzyna/Kate/2", "Paweł/Paul/1", "Michał/Michael/1", "Małgorzata/Margaret/2")
_CHINESE = ("Siu Ming", "Kin Wai", "Mei Ling", "Wing Yan", "Ka Fai")
_CHINESE_SURNAMES = ("Wong", "Chan", "Cheung", "Li", "Lau")


def south_asian_names_turned(town: Town) -> None:
    person = _south_asian(town)
    town.client(person, LINK, given=person.surname, surname=person.given)


def south_asian_names_turned_moved(town: Town) -> None:
    person = _south_asian(town)
    town.client(person, LINK | REVIEW, given=person.surname, surname=person.given, **town.home())


def south_asian_mohammed_left_out(town: Town) -> None:
    person = _mohammed(town, town.chance.choice(_SOUTH_ASIAN[MALE]))
    town.client(person, LINK, given=person.middle, middle=None)


def south_asian_mohammed_spelt_otherwise(town: Town) -> None:
    person = _mohammed(town, town.chance.choice(_SOUTH_ASIAN[MALE]))
    spelt = town.chance.choice(("Muhammad", "Mohammad", "Md", "Mohamed"))
    town.client(person, LINK, keep_middle=True, given=spelt)


def south_asian_brother_absent(town: Town) -> None:
    person, middle = _mohammed(town, "Imran"), town.chance.choice(("Irfan", "Tariq", "Bilal"))
    born = days_later(person.dob, town.chance.randint(330, 500))
    brother = town.relative(person, given="Mohammed", middle=middle, dob=born)
    town.client(brother, REVIEW | LEAVE, keep_middle=True)


def south_asian_twin_told_by_middle_name_absent(town: Town) -> None:
    person, middle = _mohammed(town, "Imran"), town.chance.choice(("Tariq", "Bilal", "Usman"))
    town.client(town.relative(person, given="Mohammed", middle=middle), REVIEW | LEAVE, keep_middle=True)


def south_asian_bibi_as_surname(town: Town) -> None:
    given, surname = town.chance.choice(_SOUTH_ASIAN[FEMALE]), town.chance.choice(("Bibi", "Begum", "Kaur"))
    person = town.registered(sex=FEMALE, given=given, surname=surname, middle=None)
    town.client(person, LINK | REVIEW, surname=town.chance.choice(("Akhtar", "Khan", "Hussain", "Singh")))


def south_asian_couple_both_of_first_january_wife_absent(town: Town) -> None:
    husband = _south_asian(town, dob=_a_first_january(town))
    town.client(town.relative(husband, sex=FEMALE, given=town.chance.choice(_SOUTH_ASIAN[FEMALE])), REVIEW | LEAVE)
    town.client(husband, LINK)


def south_asian_brother_both_of_first_january_absent(town: Town) -> None:
    person = town.registered(sex=MALE, dob=_a_first_january(town), given="Tariq", surname="Khan", middle=None)
    town.client(town.relative(person, given="Tahir", middle=None), REVIEW | LEAVE)


def singh_and_kaur_sister_absent(town: Town) -> None:
    brother = town.registered(sex=MALE, given="Manjit", surname="Singh", middle=None)
    given, born = town.chance.choice(("Manjit", "Maninder")), days_later(brother.dob, town.chance.randint(-900, 900))
    town.client(town.relative(brother, sex=FEMALE, given=given, surname="Kaur", dob=born), REVIEW | LEAVE)


def polish_ski_and_ska(town: Town) -> None:
    given = town.chance.choice(("Agnieszka", "Katarzyna", "Zofia"))
    stem = town.chance.choice(("Kowalsk", "Wisniewsk", "Lewandowsk", "Zielinsk"))
    person = town.registered(sex=FEMALE, years=_POLISH_YEARS, given=given, surname=f"{stem}a", middle=None)
    town.client(person, LINK, surname=f"{stem}i")


def polish_accents_lost_and_names_turned(town: Town) -> None:
    given, surname = town.chance.choice(("Paweł", "Łukasz", "Michał")), town.chance.choice(("Wójcik", "Kamiński", "Wiśniewski"))
    person = town.registered(sex=MALE, years=_POLISH_YEARS, given=given, surname=surname, middle=None)
    town.client(person, LINK, given=surname.translate(_PLAIN_POLISH), surname=given.translate(_PLAIN_POLISH))


def polish_wife_absent(town: Town) -> None:
    husband = town.registered(sex=MALE, years=_POLISH_YEARS, given="Paweł", surname="Nowak", middle=None)
    born = days_later(husband.dob, town.chance.randint(-400, 400))
    town.client(town.relative(husband, sex=FEMALE, given="Paulina", dob=born), REVIEW | LEAVE)


def polish_name_in_english(town: Town) -> None:
    polish, english, sex = town.chance.choice(_POLISH_AND_ENGLISH).split("/")
    surname = town.chance.choice(("Nowak", "Wójcik", "Mazur"))
    person = town.registered(sex=sex, years=(1960, 1995), given=polish, surname=surname, middle=None)
    town.client(person, LINK | REVIEW, given=english)


def chinese_names_turned(town: Town) -> None:
    person = _chinese(town)
    town.client(person, LINK, given=person.surname, surname=person.given)


def chinese_surname_first_in_three_fields(town: Town) -> None:
    given, middle = town.chance.choice(_CHINESE).split()
    person = town.registered(given=given, middle=middle, surname=town.chance.choice(_CHINESE_SURNAMES))
    town.client(person, LINK, given=person.surname, middle=given, surname=middle)


def chinese_forename_joined(town: Town) -> None:
    person = _chinese(town)
    joined = (person.given.replace(" ", "-"), person.given.replace(" ", "").title())
    town.client(person, LINK, given=town.chance.choice(joined))


def chinese_with_an_english_forename(town: Town) -> None:
    given, surname = town.chance.choice(("Kin Wai", "Siu Ming")), town.chance.choice(_CHINESE_SURNAMES)
    person = town.registered(sex=MALE, given=given, surname=surname, middle=None)
    town.client(person, LINK | REVIEW, given=town.chance.choice(("Kenny", "Simon")))


def chinese_brother_with_the_name_of_the_generation_absent(town: Town) -> None:
    surname, given = town.chance.choice(_CHINESE_SURNAMES), town.chance.choice(("Siu Fai", "Siu Man"))
    person = town.registered(sex=MALE, given="Siu Ming", surname=surname, middle=None)
    born = days_later(person.dob, town.chance.randint(330, 800))
    town.client(town.relative(person, given=given, middle=None, dob=born), REVIEW | LEAVE)


def accents_lost(town: Town) -> None:
    given = town.chance.choice(("Seán", "Renée", "Zoë", "Noémie"))
    surname = town.chance.choice(("Böhm", "Jørgensen", "Gonçalves", "Fernández"))
    person = town.registered(given=given, surname=surname)
    town.client(person, LINK, given=without_accents(given), surname=without_accents(surname))


def _south_asian(town: Town, dob: dt.date | None = None) -> Person:
    given, surname = town.chance.choice(_SOUTH_ASIAN[MALE]), town.chance.choice(_SOUTH_ASIAN_SURNAMES)
    return town.registered(sex=MALE, dob=dob, given=given, surname=surname, middle=None)


def _mohammed(town: Town, middle: str) -> Person:
    surname = town.chance.choice(_SOUTH_ASIAN_SURNAMES)
    return town.registered(sex=MALE, given="Mohammed", middle=middle, surname=surname)


def _a_first_january(town: Town) -> dt.date:
    return dt.date(town.chance.randint(1940, 1960), 1, 1)


def _chinese(town: Town) -> Person:
    given, surname = town.chance.choice(_CHINESE), town.chance.choice(_CHINESE_SURNAMES)
    return town.registered(given=given, surname=surname, middle=None)
