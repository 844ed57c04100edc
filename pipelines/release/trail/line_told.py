"""A traced line as lines of text.

Belongs here: words and their order. Does not belong here: finding any of it out (`trace.py`). No value of any record is in them but
units, pounds and what the release publishes.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pipelines.release.trail.known import Row
from pipelines.release.trail.rules_met import Met
from pipelines.release.trail.told import counted, pounds, row_told
from pipelines.release.trail.trace import Source, Traced
from schemas.codes import ControlStatus, CostBasis, LinkMethod

RESIDUALS = (CostBasis.LOCATED, CostBasis.UNALLOCATED)


def line_told(found: Traced, met: Met | None) -> Iterator[str]:
    """A line, from itself to what it rests on. met: the rules that its record met; None where they are not known."""
    line = found.line
    direct = "none" if line["direct_cost"] is None else pounds(line["direct_cost"])
    yield f"line {line['line_id']}"
    yield f"  {line['month']:%Y-%m}, {line['agency']}, {line['service']}: {pounds(line['cost'])} = direct {direct} + residual {pounds(line['residual_cost'])}"
    yield f"  rests on: {line['cost_basis']}, {CostBasis(line['cost_basis']).meaning}"
    if found.source is None:
        yield "  record: none, for it is what the ledger has beyond all records"
    else:
        yield from _source_told(found.line, found.source, met)
    yield from _direct_told(found)
    yield from _residual_told(found)
    yield from _ledger_told(found)
    yield from _link_told(found)


def _source_told(line: Row, source: Source, met: Met | None) -> Iterator[str]:
    for named in source.files:
        place = f"{named.file}, row {line['source_row']}"
        if len(source.files) > 1:
            yield f"  record: {place}, or the same row of another file of the same content"
        else:
            yield f"  record: {place}; the file's keyed hash begins with {named.source_file}"
    if source.fate is not None:
        yield from (f"  {said}" for said in list(row_told(source.fate))[1:] if not said.startswith("  line "))
    if met is not None:
        broken = len(met.warned) + len(source.fate.rules if source.fate else ())
        yield f"  rules: it met {len(met.asked)} of its feed and across files, and broke {broken}"
        for rule_id, sentence in met.warned.items():
            yield f"  rule {rule_id} (warning): {sentence}"


def _direct_told(found: Traced) -> Iterator[str]:
    """Units, and where the direct cost is from."""
    line, source = found.line, found.source
    if line["units"] is not None:
        yield f"  units: {plain(line['units'])} {line['unit']}"
    if line["cost_basis"] == CostBasis.RATE:
        yield from _rate_told(line, source)
    if source is None or not source.months or line["direct_cost"] is None or line["cost_basis"] == CostBasis.RATE:
        return
    amount, days = source.months[0]["record_amount"], sum(month["days"] for month in source.months)
    if len(source.months) > 1 and amount is not None:
        own = next(month["days"] for month in source.months if month["month"] == line["month"])
        week = " a week" if source.record is not None and source.record["feed"] == "care_home" else ""
        yield f"  amount: {pounds(amount)}{week} on the record, spread by days: {own} of {days} days in {len(source.months)} months"
    elif amount is not None:
        yield f"  amount: {pounds(amount)} on the record, all of it in this month"


def _rate_told(line: Row, source: Source | None) -> Iterator[str]:
    where = f"{line['price_source'] or 'no source stated'}, in prices of {line['price_base'] or 'a year not stated'}"
    if source is None or source.unit_cost is None:
        yield f"  rate: from {where}"
    else:
        rate = source.unit_cost["unit_cost"]
        yield f"  rate: £{plain(rate)} a {line['unit']}, from {where}; {plain(line['units'])} × £{plain(rate)} is its direct cost but for rounding"


def _residual_told(found: Traced) -> Iterator[str]:
    """What became of the service's residual in the month, and the factor."""
    control, basis = found.control, found.line["cost_basis"]
    residual = control["ledger_quantum"] - control["direct"] - control["quarantined"]
    yield (
        f"  service and month: ledger {pounds(control['ledger_quantum'])} − direct {pounds(control['direct'])} − quarantined "
        f"{pounds(control['quarantined'])} = residual {pounds(residual)}"
    )
    yield f"  residual: {control['status']}, {ControlStatus(control['status']).meaning}"
    if found.line["residual_cost"] and basis not in (*RESIDUALS, CostBasis.QUARANTINED):
        yield f"  factor: {control['scale_factor']}, (ledger − quarantined) ÷ direct; each record has its share of the residual by its direct cost"
    if found.residual and found.residual["is_out_of_band"]:
        yield f"  band: {found.residual['band_low'] or 0} to {found.residual['band_high'] or 'no bound'}; the factor {control['scale_factor']} lies outside it"
    if basis == CostBasis.LOCATED:
        weight = found.residual["population_weight"] if found.residual else "the population that costing_rules.csv names"
        yield f"  its share: {pounds(found.line['cost'])} of {pounds(control['located'])}, by residents ({weight}) of {found.line['locality']}"
    if basis == CostBasis.QUARANTINED:
        yield f"  held: {pounds(found.line['cost'])} of {pounds(control['quarantined'])} that records set aside are known to have cost"


def _ledger_told(found: Traced) -> Iterator[str]:
    if not found.ledger:
        yield "  ledger: no row of the accounts is for this service and month"
    for row in found.ledger:
        yield f"  ledger: {row['cost_code']}{' ' + row['account_name'] if row['account_name'] else ''}, {pounds(row['amount'])}"
    if found.ledger:
        total = sum((row["amount"] for row in found.ledger), Decimal("0.00"))
        yield f"  {counted(len(found.ledger), 'row')} of the ledger, {pounds(total)} in all"


def _link_told(found: Traced) -> Iterator[str]:
    """Who the line is about, without saying it, and how that is known."""
    line = found.line
    method = LinkMethod(line["link_method"])
    yield f"  person: {line['person_id'] or 'none'}; {method}, {method.meaning}"
    if line["link_probability"] is not None:
        yield f"  link: it is right with a probability of {line['link_probability']}"
    link = found.source.link if found.source else None
    if link is None:
        return
    if link["review_reason"]:
        yield f"  link: a person is to look at it, because {link['review_reason']}"
    if link["link_method"] == LinkMethod.UNLINKED and link["candidate_probability"] is not None:
        yield f"  link: the most probable person has a probability of {link['candidate_probability']}"


def plain(number: Any) -> str:
    """A number without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
