"""The errors a user sees: one line that says what, where and what to do. Never a value from a record."""


class IrfError(Exception):
    """A step cannot go on (exit 1). The text is safe to show: it names files and columns, never a person."""


class GateRefused(Exception):
    """The gate refused the release (exit 3). `reasons` are one line each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons
