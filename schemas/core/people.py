"""Who people are: current CHIs, deaths, links, births, homes and pseudonyms.

Belongs here: inside tables about people. Does not belong here: what they received (`records.py`).
"""

from schemas.codes import CLIENT_LINK_METHODS, Sex, either
from schemas.core.words import PERSON_KEY
from schemas.table import Table, column, table
from schemas.types import Day, Flag, Rate, Series, Text


@table(grain="superseded CHI", key=("chi_number",))
class ChiAlias(Table):
    """Which current CHI a superseded one became."""

    chi_number: Series[Text] = column("superseded CHI", required=True, identifying=True)
    current_chi: Series[Text] = column("current CHI", required=True, identifying=True)


@table(grain="CHI or council client", key=("named",))
class Death(Table):
    """The day of death of everybody known to have died."""

    named: Series[Text] = column(
        "chi:<CHI> or client:<agency>:<social_care_id>, as records name them", required=True, identifying=True
    )
    date_of_death: Series[Day] = column("date of death", required=True, identifying=True)


@table(grain="council client", key=("agency", "social_care_id"))
class Link(Table):
    """Which person each council client is."""

    agency: Series[Text] = column("council", required=True)
    social_care_id: Series[Text] = column("the council's client number", required=True, identifying=True)
    chi_number: Series[Text] = column("current CHI; NULL while unlinked", identifying=True)
    link_method: Series[Text] = column(either(CLIENT_LINK_METHODS), required=True, codes=CLIENT_LINK_METHODS)
    link_probability: Series[Rate] = column("posterior of a probabilistic link")
    review: Series[Flag] = column("a person should look at it", required=True)
    review_reason: Series[Text] = column("why")
    candidate_chi_number: Series[Text] = column("while in review, the most probable person", identifying=True)
    candidate_probability: Series[Rate] = column("posterior of the most probable person; NULL where none was found or sought")
    chance_in_register: Series[Rate] = column(
        "of a link, the chance that it is right; of an unlinked client, that somebody in the register is missed; NULL where too little "
        "is known of the client to tell"
    )


@table(grain="person", key=("person_key",))
class PersonId(Table):
    """The pseudonym of each person."""

    person_key: Series[Text] = column(PERSON_KEY, required=True, identifying=True)
    person_id: Series[Text] = column("pseudonym", required=True)


@table(grain="row of a clients file", key=("agency", "social_care_id", "period"))
class ClientBirth(Table):
    """The day of birth of each client, in the century that fits."""

    agency: Series[Text] = column("council", required=True)
    social_care_id: Series[Text] = column("the council's client number", required=True, identifying=True)
    period: Series[Text] = column("month of the clients file", required=True)
    date_of_birth: Series[Day] = column("day of birth", identifying=True)


@table(grain="person", key=("person_key",))
class PersonHome(Table):
    """Who a person is and where the own home is (or was, before a care home)."""

    person_key: Series[Text] = column(PERSON_KEY, required=True, identifying=True)
    person_id: Series[Text] = column("pseudonym", required=True)
    sex: Series[Text] = column("sex", required=True, codes=Sex)
    date_of_birth: Series[Day] = column("date of birth", identifying=True)
    date_of_death: Series[Day] = column("date of death", identifying=True)
    data_zone: Series[Text] = column("data zone of the own home")
