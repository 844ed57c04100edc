"""The answers of the trail as lines of text.

Belongs here: words and their order. Does not belong here: finding any of it out. No value of any record is in them.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from pipelines.release.trail.fate import Answer, RowFate
from pipelines.release.trail.file_fate import FileFate

SHOWN_LINES = 50
"""How many cost lines of one row are shown."""


def pounds(amount: object) -> str:
    """Pounds as they are written everywhere; nothing known is no number."""
    if amount is None:
        return "no pounds"
    value = Decimal(str(amount))
    return f"{'−' if value < 0 else ''}£{abs(value):,.2f}"


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def row_told(found: RowFate) -> Iterator[str]:
    """The fate of a row."""
    yield f"{found.named.file}, row {found.row}"
    yield f"  {found.answer}: {found.answer.meaning}"
    if found.answer is Answer.REFUSED and found.why:
        yield f"  why: {found.why}"
    for rule_id, sentence in found.rules.items():
        yield f"  rule {rule_id}: {sentence}".rstrip()
    for at in found.replaced_by:
        where = f", row {at.row}" if at.row is not None else ", which has no such record or is asked about as a whole"
        yield f"  replaced by {at.file}{where}{', which was set aside' if at.fate == 'quarantined' else ''}"
    for record in found.records if len(found.records) > 1 or found.answer is Answer.QUARANTINED else ():
        fate = f"{record['fate']}, " if "fate" in record else ""
        yield f"  record: {fate}{record.get('service') or 'no service'}, {pounds(record['amount'])}"
    if found.lead is not None:
        yield f"  its pounds are on the lines of {found.lead.file}, row {found.lead.row}, which stands for its whole episode"
    yield from _lines(found)
    if found.answer in (Answer.ACCEPTED, Answer.QUARANTINED, Answer.NOT_KNOWN) and found.why:
        yield f"  no cost line: {found.why}"


def _lines(found: RowFate) -> Iterator[str]:
    for line in found.lines[:SHOWN_LINES]:
        yield f"  line {line['line_id']}  {line_in_short(line)}"
    if len(found.lines) > SHOWN_LINES:
        yield f"  and {counted(len(found.lines) - SHOWN_LINES, 'more line')}"
    if found.lines:
        total = sum((line["cost"] for line in found.lines), Decimal("0.00"))
        yield f"  {counted(len(found.lines), 'line')}, {pounds(total)} in all"


def line_in_short(line: Mapping[str, Any]) -> str:
    """A cost line without its id."""
    return f"{line['month']:%Y-%m}  {line['service']}  {line['cost_basis']}  {pounds(line['cost'])}"


def file_told(found: FileFate) -> Iterator[str]:
    """The fate of a file."""
    named = found.named
    published = named.published
    yield f"{named.file} ({named.source_file or 'not read'}): {published['status']}"
    if named.refused:
        yield f"  refused with all its rows: {named.refused}{': ' + found.refusal if found.refusal else ''}"
    for twin in found.twins:
        yield f"  the same content as {twin}: the lines of both name it, and are told of the later one"
    yield from _sums(found)
    for kind, number in found.no_records.items():
        if number:
            yield f"  {kind:<12}{counted(number, 'row'):>16}: {Answer(kind).meaning}"
    for broken in found.rules:
        rows = counted(broken.rows, "row") if not broken.rule_id.startswith("file.") else "the file"
        yield f"  rule {broken.rule_id} ({broken.severity}): {rows}{'' if broken.pounds is None else ', ' + pounds(broken.pounds)}: {broken.sentence}"
    for replaced in found.replaced:
        how_many = "how many rows is not known" if replaced.rows is None else counted(replaced.rows, "row")
        yield f"  replaced by {replaced.file}: {how_many}"
    for line in found.lines:
        yield (
            f"  on {counted(line['lines'], 'cost line')} of {counted(line['source_rows'], 'row')}: "
            f"{line['service']}, {line['cost_basis']}, {pounds(line['cost'])}"
        )


def _sums(found: FileFate) -> Iterator[str]:
    """Rows and pounds by fate: read = accepted + quarantined + superseded."""
    published, of_pounds = found.named.published, found.named.pounds or {}
    for label, rows in (
        ("read", "rows"),
        ("accepted", "accepted"),
        ("quarantined", "quarantined"),
        ("superseded", "superseded"),
    ):
        amount = f"{pounds(of_pounds[label]):>20}" if label in of_pounds else ""
        yield f"  {label:<12}{counted(published[rows], 'row'):>16}{amount}"
