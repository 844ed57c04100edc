"""Families of names: one person, written down by another name than the register has.

Belongs here: names after marriage, Mc and Mac, other forms of a forename, initials, middle names, and names written into the
wrong field. Every public function of a town is a kind, and so is every row of PAIRS. Does not belong here: names from other
countries (`families_of_names_from_abroad.py`), other people of the same name.
"""

import functools
from collections.abc import Callable

from tests.bench.families_town import FEMALE, LEAVE, LINK, MALE, REVIEW, Outcome, Person, Town

_SPELLINGS = "Iain/Ian/1, Alasdair/Alistair/1, Stuart/Stewart/1, Graeme/Graham/1"
_SHORT_NAMES = (
    "Margaret/Peggy/2, William/Bill/1, Elizabeth/Betty/2, James/Jimmy/1, Alexander/Sandy/1, Catherine/Cathy/2, Robert/Bob/1, "
    "Isabella/Bella/2, John/Jock/1, Elizabeth/Lizzie/2, Mary/Molly/2, Helen/Nell/2, Thomas/Tam/1, Euphemia/Effie/2, "
    "Wilhelmina/Mina/2"
)
_GAELIC = (
    "Hamish/James/1, Seumas/James/1, Eilidh/Helen/2, Catrìona/Catherine/2, Mòrag/Sarah/2, Ruairidh/Rory/1, Tormod/Norman/1"
)
_COMPOUND = "Anne Marie/Annemarie/2, Anne-Marie/Anne Marie/2, Mary-Jane/Mary Jane/2, Rose Ann/Roseann/2, Anne-Marie/Anne/2"
PAIRS = (
    ("mhairi_vari", "Mhairi/Vari/2, Mhairi/Vhairi/2, Màiri/Mhairi/2", False, LINK),
    ("mhairi_vari_moved", "Mhairi/Vari/2, Mhairi/Vhairi/2", True, LINK | REVIEW),
    ("iain_ian", f"{_SPELLINGS}, Catriona/Katrina/2", False, LINK),
    ("iain_ian_moved", _SPELLINGS, True, LINK),
    ("senga_agnes", "Senga/Agnes/2", False, LINK),
    ("senga_agnes_moved", "Senga/Agnes/2", True, LINK | REVIEW),
    ("short_name", _SHORT_NAMES, False, LINK),
    ("short_name_moved", _SHORT_NAMES, True, LINK | REVIEW),
    ("gaelic_name", _GAELIC, False, LINK | REVIEW),
    ("compound_forename", _COMPOUND, False, LINK),
)
"""Kinds where the register has one form of a forename and the client another: forms and sex, whether they moved, acceptable."""

_AFTER_MC = "Intosh Gregor Kay Intyre Pherson Laren Dougall Farlane Kinnon Lachlan Donald Leod Kenzie"
_MARRIED = (1950, 1990)


def kinds_of_pairs() -> dict[str, Callable[[Town], None]]:
    """The kinds that PAIRS declares, by name."""
    return {
        name: functools.partial(_other_form, pairs=pairs, moved=moved, acceptable=acceptable)
        for name, pairs, moved, acceptable in PAIRS
    }


def married_same_home(town: Town) -> None:
    town.client(_woman(town), LINK | REVIEW, surname=town.surname())


def married_and_moved(town: Town) -> None:
    town.client(_woman(town), LINK | REVIEW | LEAVE, surname=town.surname(), **town.home())


def maiden_name_as_middle_name(town: Town) -> None:
    person = _woman(town)
    town.client(person, LINK, middle=person.surname, surname=town.surname())


def maiden_name_as_middle_name_moved(town: Town) -> None:
    person = _woman(town)
    town.client(person, LINK | REVIEW, middle=person.surname, surname=town.surname(), **town.home())


def maiden_name_as_middle_name_in_register(town: Town) -> None:
    maiden_name = town.surname()
    person = town.registered(sex=FEMALE, years=(1940, 1980), middle=maiden_name)
    town.client(person, LINK | REVIEW, middle=None, surname=maiden_name)


def double_barrelled_after_marriage(town: Town) -> None:
    person = _woman(town)
    town.client(person, LINK, surname=f"{person.surname}-{town.surname()}")


def double_barrelled_with_a_blank(town: Town) -> None:
    person = town.registered(surname=f"{town.surname()}-{town.surname()}")
    town.client(person, LINK, surname=person.surname.replace("-", " "))


def double_barrelled_turned(town: Town) -> None:
    first, second = town.rare_surname(), town.common_surname()
    town.client(town.registered(surname=f"{first}-{second}"), LINK, surname=f"{second}-{first}")


def double_barrelled_one_part_moved(town: Town) -> None:
    first, second = town.rare_surname(), town.common_surname()
    town.client(town.registered(surname=f"{first}-{second}"), LINK | REVIEW, surname=second, **town.home())


def mc_as_mac(town: Town) -> None:
    rest = town.chance.choice(_AFTER_MC.split())
    town.client(town.registered(surname=f"Mc{rest}"), LINK, surname=f"Mac{rest}")


def mac_as_mc_moved(town: Town) -> None:
    rest = town.chance.choice(_AFTER_MC.split())
    town.client(town.registered(surname=f"Mac{rest}"), LINK, surname=f"Mc{rest}", **town.home())


def mac_with_a_blank(town: Town) -> None:
    rest = town.chance.choice(_AFTER_MC.split())
    town.client(town.registered(surname=f"Mac{rest}"), LINK, surname=f"Mac {rest}")


def mc_left_out(town: Town) -> None:
    rest = town.chance.choice(("Gregor", "Pherson", "Kinnon", "Lachlan"))
    town.client(town.registered(surname=f"Mc{rest}"), LINK | REVIEW, surname=rest)


def o_and_apostrophe(town: Town) -> None:
    surname = town.chance.choice(("O'Neill", "O'Donnell", "O'Brien", "O'Hara"))
    others = (surname.replace("'", ""), surname.replace("'", " "), surname.replace("'", "’"), surname[2:])
    town.client(town.registered(surname=surname), LINK, surname=town.chance.choice(others))


def initial_same_home(town: Town) -> None:
    person = town.registered()
    town.client(person, LINK, given=person.given[0], middle=None)


def initial_moved(town: Town) -> None:
    person = town.registered()
    town.client(person, LINK | REVIEW, given=person.given[0], middle=None, **town.home())


def initials_of_both_forenames(town: Town) -> None:
    person = town.registered(sex=FEMALE, middle="Anne")
    town.client(person, LINK, given=f"{person.given[0]} A", middle=None)


def known_by_middle_name(town: Town) -> None:
    person = _with_another_middle_name(town)
    town.client(person, LINK, given=person.middle, middle=None)


def known_by_middle_name_moved(town: Town) -> None:
    person = _with_another_middle_name(town)
    town.client(person, LINK | REVIEW, given=person.middle, middle=None, **town.home())


def both_names_misspelt(town: Town) -> None:
    person = town.registered()
    town.client(person, LINK | REVIEW, given=town.misspelt(person.given), surname=town.misspelt(person.surname))


def sex_wrong(town: Town) -> None:
    town.client(town.registered(sex=FEMALE), LINK, sex=MALE)


def sex_and_forename_changed(town: Town) -> None:
    person, given = town.registered(sex=MALE, years=(1970, 2000)), town.forename(FEMALE, 1990)
    town.client(person, LINK | REVIEW | LEAVE, sex=FEMALE, given=given, middle=None)


def adopted(town: Town) -> None:
    child = town.registered(years=(2008, 2020))
    town.client(child, LINK | REVIEW | LEAVE, surname=town.surname(), **town.home())


def title_in_forename(town: Town) -> None:
    person = town.registered(sex=FEMALE)
    town.client(person, LINK, given=f"{town.chance.choice(('Mrs', 'Miss', 'Mrs.'))} {person.given}")


def maiden_name_in_brackets(town: Town) -> None:
    person = town.registered(sex=FEMALE)
    town.client(person, LINK, surname=f"{person.surname} (nee {town.surname()})")


def maiden_name_in_register_and_after_nee(town: Town) -> None:
    person = town.registered(sex=FEMALE)
    town.client(person, LINK | REVIEW, surname=f"{town.surname()} nee {person.surname}")


def whole_name_in_surname(town: Town) -> None:
    person = town.registered()
    town.client(person, LINK | REVIEW, given=None, middle=None, surname=f"{person.surname}, {person.given}")


def short_name_in_brackets(town: Town) -> None:
    town.client(town.registered(sex=MALE, given="William"), LINK, given="William (Bill)")


def capitals_and_blanks(town: Town) -> None:
    person = town.registered()
    given, surname = f" {person.given.upper()} ", f"{person.surname.upper()}  "
    town.client(person, LINK, given=given, surname=surname, postcode=person.postcode.replace(" ", "").lower())


def no_surname(town: Town) -> None:
    town.client(town.registered(), LINK | REVIEW | LEAVE, surname=None)


def _woman(town: Town) -> Person:
    return town.registered(sex=FEMALE, years=_MARRIED)


def _with_another_middle_name(town: Town) -> Person:
    person = town.registered()
    person.middle = town.other_forename(person.sex, person.dob.year, person.given)
    return person


def _other_form(town: Town, *, pairs: str, moved: bool, acceptable: Outcome) -> None:
    first, second, sex = town.chance.choice(pairs.split(", ")).split("/")
    if town.chance.random() < 0.5:
        first, second = second, first
    person = town.registered(sex=sex, given=first, middle=None)
    town.client(person, acceptable, given=second, **(town.home() if moved else person.home))
