"""The refusal of a submission as a whole.

Belongs here: the one exception that says so. Does not belong here: what leads to it.
"""


class Refused(Exception):
    """The file breaks a `file` rule. `rule_id` says which; the text is one line and safe to show."""

    def __init__(self, rule_id: str, detail: str) -> None:
        super().__init__(detail)
        self.rule_id = rule_id
