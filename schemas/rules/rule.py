"""What a rule on single records is.

Belongs here: the type, and what every rule's test needs. Does not belong here: any particular rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.examples import Fields

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pdr

Test = Callable[["pd.DataFrame"], "pd.Series[bool]"]
"""From a batch of records to one boolean a record: True keeps the rule."""


@dataclass(frozen=True)
class Rule:
    """A rule on single records. `keeps` is NULL-tolerant: an absent value breaks only `missing`.

    fails, passes: how a record that breaks the rule, and one that keeps it, differ from the feed's good record. Both stand
    in a file below the good record and have, unless the example says otherwise, another key.
    pounds: the column whose pounds the rule counts; blank is the feed's amount.
    """

    rule_id: str
    severity: str
    sentence: str
    keeps: Test
    fails: Fields
    passes: Fields
    pounds: str = ""

    def as_check(self) -> "pdr.Check":
        """The rule as pandera runs it."""
        import pandera.pandas as pdr

        return pdr.Check(
            self.keeps, name=self.rule_id, error=self.sentence, raise_warning=self.severity == "warning", ignore_na=False
        )


def flag(rule_id: str, severity: str, sentence: str, fails: Fields, passes: Fields) -> Rule:
    """A rule that DuckDB has answered already (it crosses records or tables): column `rule_id` is True where broken."""
    return Rule(rule_id, severity, sentence, lambda batch: ~batch[rule_id].astype(bool), fails, passes)


def kept(answer: "pd.Series[bool]") -> "pd.Series[bool]":
    """A comparison with an absent value breaks nothing."""
    return answer.fillna(True).astype(bool)
