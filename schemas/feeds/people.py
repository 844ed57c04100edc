"""The feeds about people: the population register, a council's clients, deaths.

Belongs here: feeds that say who somebody is. Does not belong here: the care they receive.
"""

from schemas.codes import Sex, explained
from schemas.feeds.words import CARE_ID, CHI
from schemas.table import Table, column
from schemas.types import Day, Series, Text


class PopulationRegister(Table):
    """Everyone registered with the board: the snapshot of the latest period counts."""

    chi_number: Series[Text] = column(CHI, required=True, identifying=True, identifier=True)
    previous_chi_number: Series[Text] = column("a superseded CHI of the same person", identifying=True, identifier=True)
    forename: Series[Text] = column("forename", identifying=True)
    surname: Series[Text] = column("surname", identifying=True)
    date_of_birth: Series[Day] = column("date of birth", required=True, identifying=True)
    sex: Series[Text] = column(explained(Sex), codes=Sex, by_rule=True)
    postcode: Series[Text] = column("home postcode", identifying=True)
    gp_practice_code: Series[Text] = column("general practice", identifier=True)
    date_of_death: Series[Day] = column("date of death", identifying=True)


class Clients(Table):
    """A council's social-care clients: the snapshot of the latest period counts."""

    social_care_id: Series[Text] = column(CARE_ID, required=True, identifying=True, identifier=True)
    chi_number: Series[Text] = column(CHI, identifying=True, identifier=True)
    forename: Series[Text] = column("forename", identifying=True)
    surname: Series[Text] = column("surname", identifying=True)
    date_of_birth: Series[Day] = column("date of birth", identifying=True)
    sex: Series[Text] = column(explained(Sex), codes=Sex, by_rule=True)
    postcode: Series[Text] = column("home postcode", identifying=True)
    date_of_death: Series[Day] = column("date of death", identifying=True)


class Deaths(Table):
    """Deaths as registered. They cost nothing; they say who has died, before the register and the councils do."""

    chi_number: Series[Text] = column(CHI, required=True, identifying=True, identifier=True)
    date_of_death: Series[Day] = column("date of death", required=True, identifying=True)
    place_of_death: Series[Text] = column("kind of place")
