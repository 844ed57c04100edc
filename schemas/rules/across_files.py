"""The rules on records beside those of other files; each is a SELECT in `sql/rule`.

Belongs here: what one record says against another file's. Does not belong here: rules that a record's own file can answer
(`of_records.py`).
"""

from dataclasses import dataclass

from schemas.feeds import FEEDS


@dataclass(frozen=True)
class CrossRule:
    """A rule that needs more than the record's own file; `sql/rule/<rule_id>.sql` finds what breaks it.

    It is asked anew in every refresh, over the records then in use, so that no late file is left out.
    """

    rule_id: str
    severity: str
    sentence: str
    feeds: tuple[str, ...]
    fails: str
    passes: str


_OF_A_CLIENT = ("home_care", "care_home", "self_directed_support", "equipment", "payments")
_DAY_OF_CARE = tuple(
    feed
    for feed, declared in FEEDS.items()
    if feed not in ("deaths", "ledger", "budget", "prescribing") and not declared.snapshot
)
_OPEN_ENDED = ("acute", "maternity", "mental_health", "delayed_discharge", "care_home", "equipment")
CROSS_RULES = {
    rule.rule_id: rule
    for rule in (
        CrossRule("unknown_client", "warning",
                  "The client number is not in the council's latest clients file of that month or before.", _OF_A_CLIENT,
                  "home care in May for a client who is in no row of the clients file for May",
                  "home care in May for a client of the clients file for April, when there is none for May"),
        CrossRule("unknown_cost_code", "warning", "The payment's cost code has no mapping on the first day paid for.",
                  ("payments",), "a payment from 1 May whose code is mapped to 30 April",
                  "a payment from 30 April whose code is mapped to 30 April"),
        CrossRule("unknown_admission_type", "warning",
                  "The admission type is not in admission_types.csv; the episode counts as neither elective nor emergency.",
                  ("acute",), "admission_type_code 99", "admission_type_code blank"),
        CrossRule("after_death", "warning",
                  "The record begins after the day of death known from the deaths, the register or the council.", _DAY_OF_CARE,
                  "a contact on 3 May of a person who died on 2 May", "a contact on 2 May of a person who died on 2 May"),
        CrossRule("open_after_death", "warning",
                  "The stay or item is still open though the person died before the month of the file.", _OPEN_ENDED,
                  "in the file for May an item without end_date of a person who died on 30 April",
                  "the same of a person who died on 1 May"),
        CrossRule("overlapping_stay", "warning",
                  "The stay begins while another stay of the same person goes on; it is counted at the one that began later.",
                  ("acute", "care_home"), "a stay from 8 to 15 May within one from 1 to 31 May",
                  "a stay from 8 May after one to 8 May: the day of leaving does not count"),
    )
}  # fmt: skip
