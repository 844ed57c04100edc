"""Every check of the gate: its sentence, the asset that it is about, whether it refuses a release.

Belongs here: declarations. Does not belong here: how the answers come about (`gate.py`, `file_checks.py`, `sql/gate/`).
"""

from dataclasses import dataclass

from pipelines.quality.expectations import EXPECTED, check_name
from pipelines.warehouse.tables import published_by


@dataclass(frozen=True)
class Declared:
    """A check. sentence: what holds where it passes. about: the asset that it is about, as `core/fate`. blocks: a failure
    refuses the release, else it is a warning; of `required_feeds` the case decides.
    """

    name: str
    sentence: str
    about: str
    blocks: bool = False


def _expectations(table: str) -> Declared:
    return Declared(check_name(table), f"every expectation of {table} is met", f"{published_by()[table]}/{table}", blocks=True)


OF_INTAKE = (
    Declared("required_feeds", "every required feed is there and every file can be used", "landing", blocks=True),
    Declared("unused", "every file and folder of landing has a declared name", "landing"),
    Declared("corrections", "every declared correction finds what it corrects", "intake"),
    Declared("equal_rows", "no two rows of a ledger or of payments are equal", "intake"),
)
"""Checks of the files that were taken in."""
OF_MONTH = (
    Declared("nil_returns", "no file of the month says that there was nothing", "intake"),
    Declared("total_rows", "no file of the month has total rows among its records", "intake"),
    Declared("totals_differ", "every total row is the sum of the rows above it", "intake"),
    Declared("identifiers_lost", "no file of the month has identifiers in scientific notation", "intake"),
    Declared("out_of_bounds", "no figure of the month is beyond its plausible bounds", "intake"),
    Declared("columns_gone", "every file of the month has the columns that the one before it had", "intake"),
    Declared("rows_elsewhere", "no workbook of the month has rows on a worksheet that is not read", "intake"),
    Declared("same_file", "no file of the month is another month's again", "intake"),
    Declared("resubmissions", "no file has less than half the rows of the one that it replaces", "intake"),
)
"""Checks of what is odd in the files of the month, and of resubmissions that lost most of their rows."""
OF_FATES = (
    Declared("rows", "rows read = accepted + quarantined + superseded, for every submission", "core/fate", blocks=True),
    Declared("pounds", "pounds read = accepted + quarantined + superseded, for every submission", "core/fate", blocks=True),
)
"""Checks of what was read, as the reader has counted it, against what became of it."""
BY_SQL = (
    Declared("ledger", "cost = ledger quantum for every agency, service and month", "mart/control_total", blocks=True),
    Declared("months", "the months of a record sum to the record", "core/record_cost", blocks=True),
    Declared("marts", "client and locality tables sum to the cost lines", "mart/locality_month_cost", blocks=True),
    Declared(
        "bridge",
        "ledger = eliminated + excluded + published for every agency and month, and every elimination is listed",
        "mart/bridge",
        blocks=True,
    ),
    Declared("to_date", "the bridge to date sums the bridge of the months", "mart/bridge_to_date", blocks=True),
    Declared("budgets", "every pound of the budgets is in each budget table once", "mart/budget_variance", blocks=True),
    Declared("month_without_ledger", "every month with activity has a ledger", "core/ledger_line", blocks=True),
    Declared("no_quantum", "every service with a cost has a ledger amount", "mart/control_total"),
    Declared("out_of_band", "every residual is small enough to be spread over the records", "mart/control_total"),
    Declared("vat", "no ledger is its records with or without VAT", "core/ledger_line"),
    Declared("ledger_to_date", "every ledger is for its month, not for the year to date", "core/ledger_line"),
    Declared("ledger_below_zero", "no agency's ledger of a month is below zero in all", "core/ledger_line"),
    Declared("ledger_subtotals", "no row of a ledger is the sum of the rows just above it", "core/ledger_line"),
    Declared("open_after_death", "no stay or item is open after a death", "core/record"),
    Declared("open_and_gone", "every open stay or item is in the latest file of its feed", "core/record"),
    Declared("payments_again", "no payment is sent again under another number", "core/record"),
    Declared("payments_without_line", "every payment belongs to a service that payments cost", "core/record"),
    Declared("payments_ahead", "no payment is for days that have not come", "core/record"),
    Declared("payments_before", "no payment is for days before the dataset's first month", "core/record"),
    Declared("restated", "no month loses more than half of a feed's pounds to later files", "core/fate"),
    Declared("quarantined", "every row can be used", "core/fate"),
    Declared("ledger_quarantined", "every ledger row can be read", "core/fate"),
    Declared("unmapped_cost_code", "every cost code has a mapping in reference/cost_code_map.csv", "mart/unmapped_cost_code"),
    Declared("withheld", "no text that an agency wrote names somebody (core/withheld has the texts)", "core/withheld"),
    Declared("ledger_without_line", "no ledger row is for a month before the dataset's first", "core/ledger_line"),
    Declared("eliminations", "what two ledgers show nets to zero (docs/finance.md)", "mart/elimination"),
    Declared(
        "clients_lack", "every clients file has the names and dates of birth of most clients (docs/linkage.md)", "core/link"
    ),
    Declared("several_clients", "nobody is two clients of one agency (docs/linkage.md)", "core/link"),
    Declared("budget_without_service", "every budget is for a service that has a cost", "core/budget_line"),
    Declared(
        "unknown_clients", "most records of a file are for clients whom the council's clients file has", "core/record_person"
    ),
    Declared(
        "drift", "every file has about as many rows, pounds and units for each person as usual (docs/rules.md)", "core/drift"
    ),
)
"""Checks by SQL: a row that `sql/gate/<name>.sql` returns breaks the sentence."""
OF_TABLES = tuple(_expectations(table) for table in EXPECTED)
"""Great Expectations' suites, one for each table."""
CHECKS = {c.name: c for c in (*OF_INTAKE, *OF_FATES, *OF_MONTH, *BY_SQL, *OF_TABLES)}
"""Every check by its name, in order."""
