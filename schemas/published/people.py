"""People without identifiers, the change of their ids and the quality of their links.

Belongs here: tables about people and links. Does not belong here: what their care cost (`cost.py`).
"""

from schemas.codes import AgeBand, LinkMethod, Sex, either
from schemas.published.words import COUNCIL, FINANCIAL_YEAR, LOCALITY, MONTH, SEX, SIMD
from schemas.table import Table, column, table
from schemas.types import Count, Day, Flag, Money, Rate, Series, Text
from schemas.usage_warnings import UsageWarning


@table(
    grain="person",
    key=("person_id",),
    is_small=False,
    warnings=(
        UsageWarning.UNLINKED_MAY_BE_SOMEBODY,
        UsageWarning.PERSON_ID_CHANGES,
        UsageWarning.FEW_PEOPLE,
    ),
)
class Person(Table):
    """A person with at least one cost line, without any identifier."""

    person_id: Series[Text] = column("pseudonym of the person", required=True)
    first_month: Series[Day] = column("first month with a cost line", required=True)
    last_month: Series[Day] = column("last month with a cost line", required=True)
    sex: Series[Text] = column(SEX, required=True, codes=Sex)
    age_band: Series[Text] = column(
        "age at the last day of the release's period, in bands, or Unknown", required=True, codes=AgeBand
    )
    council: Series[Text] = column(COUNCIL, required=True)
    locality: Series[Text] = column(LOCALITY, required=True)
    data_zone: Series[Text] = column("2011 data zone of the (last) own home; NULL when unknown")
    simd_quintile: Series[Count] = column(SIMD, minimum=1, maximum=5)
    is_deceased: Series[Flag] = column("a date of death is known", required=True)
    month_of_death: Series[Day] = column("first day of the month of death; NULL when none is known")
    link_method: Series[Text] = column(
        f"how the person's care records were linked: {either(LinkMethod)}", required=True, codes=LinkMethod
    )


@table(
    grain="person id change",
    key=("old_person_id", "new_person_id", "changed_in"),
    warnings=(UsageWarning.PERSON_ID_CHANGES,),
)
class PersonHistory(Table):
    """Which person id became which when a client was linked."""

    old_person_id: Series[Text] = column("the id before", required=True)
    new_person_id: Series[Text] = column("the id after", required=True)
    changed_in: Series[Text] = column("period (YYYY-MM) of the refresh that changed it", required=True)


@table(
    grain="agency × month × link_method",
    key=("agency", "month", "link_method"),
    warnings=(
        UsageWarning.PEOPLE_DO_NOT_ADD_UP,
        UsageWarning.RATES_DO_NOT_ADD_UP,
        UsageWarning.FEW_PEOPLE,
    ),
)
class LinkQuality(Table):
    """How well each agency's clients are linked to people, in clients and in pounds."""

    financial_year: Series[Text] = column(FINANCIAL_YEAR, required=True)
    month: Series[Day] = column(MONTH, required=True)
    agency: Series[Text] = column("whose clients", required=True)
    link_method: Series[Text] = column(either(LinkMethod), required=True, codes=LinkMethod)
    clients: Series[Count] = column("distinct people with a line", required=True, minimum=0)
    cost: Series[Money] = column("sum of cost of their lines; for none, of lines without a person", required=True, unit="GBP")
    estimated_precision: Series[Rate] = column(
        "for probabilistic, the share of these links that is expected to be right: the mean posterior of the people"
    )
    estimated_recall: Series[Rate] = column(
        "of the agency's clients of the month who are expected to be in the register, the share expected to be linked rightly; "
        "the same in each row of the agency and month"
    )
