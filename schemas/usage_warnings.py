"""What readers of a published table have to know before they add up, divide or compare: a fixed vocabulary.

Belongs here: the warnings. Does not belong here: which table has which (`schemas/published`).
"""

from schemas.codes import Code


class UsageWarning(Code):
    """What readers of a table have to know before they add up, divide or compare."""

    PEOPLE_DO_NOT_ADD_UP = "people_do_not_add_up", "people do not add up over rows: somebody may be in several"
    LOCATED_HAVE_NO_AGE = "located_have_no_age", "pounds that are spread over localities have no person, age or sex"
    HELD_HAVE_NO_PLACE = "held_have_no_place", "pounds that are held are on nobody and in no locality"
    UNLINKED_MAY_BE_SOMEBODY = "unlinked_may_be_somebody", "an unlinked client may be a person who has rows of an own, too"
    POPULATION_REPEATS = "population_repeats", "population is the same in every month and service: it does not add up over them"
    YEAR_MAY_BE_SHORT = "year_may_be_short", "a financial year may have fewer than 12 months of data"
    IS_ASSOCIATION = "is_association", "an association with where people live: no cause, and no cashable saving"
