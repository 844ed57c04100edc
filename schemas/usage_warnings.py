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
    RATES_DO_NOT_ADD_UP = "rates_do_not_add_up", "shares, factors and costs a head do not add up over rows: divide sums by sums"
    UNITS_DIFFER = "units_differ", "units are bed days, contacts, hours and other things: add only those of one unit"
    NOT_EVERY_POUND = (
        "not_every_pound",
        "pounds without a person are not in it: totals come from cost_line or locality_month_cost",
    )
    NULL_IS_NOT_ZERO = "null_is_not_zero", "empty means that it is not known or does not apply, never that it is 0"
    ROWS_OVERLAP = (
        "rows_overlap",
        "the same people and pounds are in several rows (scopes, age groups, kinds of area, cuts): choose one of each before adding",
    )
    TO_DATE_OVERLAPS = (
        "to_date_overlaps",
        "amounts to date and of the whole year contain those of other rows: take one row, not a sum",
    )
    PERSON_ID_CHANGES = (
        "person_id_changes",
        "a person_id changes when a client is linked later: join releases through person_history",
    )
    FEW_PEOPLE = "few_people", "cells of few people are not suppressed: protect them before anything is shown to others"
    REPLACED_TOO = (
        "replaced_too",
        "files that were replaced or refused have rows too: what is in use is of submissions whose status is accepted",
    )
    WORDS_OF_AGENCIES = "words_of_agencies", "texts are as agencies wrote them, with [withheld] for what names somebody"
    SEVERAL_SERIES = "several_series", "several series and vintages of prices: choose one of each"
    SEVERAL_ESTIMATES = "several_estimates", "estimates of several years: choose one before adding"
