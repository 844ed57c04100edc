"""What has arrived for each month, what is late, refused or revised, and when it came.

Belongs here: the state of each expected feed, and the words of it. Does not belong here: validating a file
(`validating/`), which files there are (`landing.py`).
Reads only: the landing folder, two reference tables, and what the latest refresh noted. The day's date comes from outside
and is in no result of a refresh.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.engine.clock import SCOTLAND
from pipelines.ingest.landing import Landed, scan
from pipelines.ingest.reference import expected_in, reference_tables
from pipelines.ingest.staging import refusal_noted
from pipelines.warehouse.root import DataRoot
from schemas.month import after, before, last_day, months

STATES = ("arrived", "late", "refused", "missing", "not due")
PROBLEMS = ("late", "refused")
AGENCY_WIDTH = 16


@dataclass(frozen=True)
class FeedStatus:
    """An agency's feed in a month.

    state: `arrived`; `late`: arrived after the day it was due, or not there though that day is over; `refused`: the latest
    refresh could not use the newest file; `missing`: not there, and nothing says by when it must be; `not due`. why: more
    of that, in words.
    newest_on, revision: of the newest file.
    """

    agency: str
    feed: str
    state: str
    why: str
    is_required: bool
    is_usable: bool
    newest_on: datetime.date | None = None
    revision: int = 0


@dataclass(frozen=True)
class Month:
    """The feeds of a month, by agency and feed."""

    period: str
    feeds: list[FeedStatus]


@dataclass(frozen=True)
class Status:
    """The months asked for. unheard: the months after them, up to the one before today, for which nothing has come.

    unused: a sentence for each thing in landing that is no submission.
    """

    months: list[Month]
    unheard: list[Month]
    unused: list[str]

    @property
    def has_problems(self) -> bool:
        """Whether anything is late, refused or not used."""
        return bool(self.unused) or any(
            feed.state in PROBLEMS for month in [*self.months, *self.unheard] for feed in month.feeds
        )


def status_of(root: DataRoot, today: datetime.date, period: str | None = None) -> Status:
    """The state of every expected feed and every file, in every month with a file and those between up to today, or in `period` alone.

    Raises IrfError when a reference table is absent or wrong.
    """
    agencies, expected_feeds = reference_tables(root, "agencies", "expected_feeds")
    kinds = {a["agency"]: a["kind"] for a in agencies.select(["agency", "kind"]).to_pylist()}
    expected = expected_feeds.to_pylist()
    found = scan(root.folder("landing"), kinds, hashes=False)
    landed = found.landed
    before_today = before(today)

    def month_of(month: str) -> Month:
        return _month(month, [x for x in landed if x.period == month], expected, today, lambda x: refusal_noted(x, root))

    if period is not None:
        return Status([month_of(period)], [], found.unused)
    there = {x.period for x in landed}
    until_now = {month for month in there if month <= today.isoformat()[:7]}
    first, last = min(until_now, default=before_today), max(until_now, default=before_today)
    # A file that is ahead of its time is shown, but no month is awaited on its account.
    shown = sorted({*months(first, last), *there})
    unheard = [m for m in months(last, before_today) if m not in shown]
    return Status([month_of(m) for m in shown], [month_of(m) for m in unheard], found.unused)


def _month(
    period: str, landed: list[Landed], expected: list[dict], today: datetime.date, refusal_of: Callable[[Landed], str | None]
) -> Month:
    rows = {(r["agency"], r["feed"]): r for r in expected_in(expected, period)}
    feeds = []
    for agency, feed in sorted({*rows, *((x.agency, x.feed) for x in landed)}):
        files = sorted(x for x in landed if (x.agency, x.feed) == (agency, feed))
        row = rows.get((agency, feed), {"required": "N", "due_day": None})
        due = _due(period, row["due_day"])
        is_required = row["required"] == "Y"
        if files:
            feeds.append(_there(files, due, is_required, refusal_of))
        else:
            state, why = _not_there(due, is_required, today)
            feeds.append(FeedStatus(agency, feed, state, why, is_required, is_usable=False))
    return Month(period, feeds)


def _there(
    files: list[Landed], due: datetime.date | None, is_required: bool, refusal_of: Callable[[Landed], str | None]
) -> FeedStatus:
    """A feed with files, its newest revision last."""
    newest = files[-1]
    first_on, newest_on = min(_came(x) for x in files), _came(newest)
    refusals = [refusal_of(x) for x in files]
    usable = [x for x, refusal in zip(files, refusals, strict=True) if refusal is None]
    state, why = "arrived", str(first_on)
    if refusals[-1]:
        stands_in = f"; {usable[-1].path.name} stands in" if usable else ""
        state, why = "refused", f"({newest.path.name} of {newest_on}: {refusals[-1]}{stands_in})"
    elif due and first_on > due:
        state, why = "late", f"(due {due}, arrived {first_on})"
    return FeedStatus(newest.agency, newest.feed, state, why, is_required, bool(usable), newest_on, newest.revision)


def _not_there(due: datetime.date | None, is_required: bool, today: datetime.date) -> tuple[str, str]:
    if due is None or not is_required:
        return "missing", "" if is_required else "(not required)"
    if today > due:
        return "late", f"(due {due}, not there)"
    return "not due", f"until {due}"


def _came(landed: Landed) -> datetime.date:
    """The day a file was last written."""
    return datetime.datetime.fromtimestamp(landed.path.stat().st_mtime, SCOTLAND).date()


def _due(period: str, day: int | None) -> datetime.date | None:
    """The day of the next month, or its last where it is shorter."""
    if day is None:
        return None
    last = last_day(after(period))
    return last.replace(day=min(day, last.day))


def told(status: Status) -> list[str]:
    """The status as lines of text: a block for each month, a line for each agency, a line for each problem."""
    lines = list(status.unused)
    for month in status.months:
        lines.append(_summary(month))
        for agency in sorted({feed.agency for feed in month.feeds}):
            lines += _agency(agency, [feed for feed in month.feeds if feed.agency == agency])
    if status.unheard:
        first, last = status.unheard[0].period, status.unheard[-1].period
        is_late = any(feed.state in PROBLEMS for month in status.unheard for feed in month.feeds)
        words = "and it is late" if is_late else "and nothing is late yet"
        lines.append(f"{first if first == last else f'{first} to {last}'}: nothing has arrived, {words}")
    return lines


def _summary(month: Month) -> str:
    counts = Counter(feed.state for feed in month.feeds)
    parts = [f"{counts[state]} {state}" for state in STATES if counts[state]]
    revised = sum(feed.revision > 0 for feed in month.feeds)
    wanted = sum(feed.is_required and not feed.is_usable for feed in month.feeds)
    words = f"{wanted} required {'feed' if wanted == 1 else 'feeds'} still wanted" if wanted else "complete"
    return f"{month.period}: {words} ({', '.join([*parts, *([f'{revised} revised'] if revised else [])])})"


def _agency(agency: str, feeds: Sequence[FeedStatus]) -> list[str]:
    """One line of what is as it should be, and one for each problem, its feeds together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for feed in sorted(feeds, key=lambda feed: (STATES.index(feed.state), feed.why)):
        groups.setdefault((feed.state, feed.why), []).append(_name(feed))
    words = {group: f"{' '.join(group).strip()}: {', '.join(names)}" for group, names in groups.items()}
    quiet = "; ".join(text for (state, _), text in words.items() if state not in PROBLEMS)
    problems = [text for (state, _), text in words.items() if state in PROBLEMS]
    heads = [f"{agency:<{AGENCY_WIDTH}}", *[" " * AGENCY_WIDTH] * len(problems)]
    return [f"  {head}{text}" for head, text in zip(heads, [quiet, *problems] if quiet else problems, strict=False)]


def _name(feed: FeedStatus) -> str:
    """The feed, and its newest revision with the day that came."""
    return f"{feed.feed} (.r{feed.revision} {feed.newest_on})" if feed.revision else feed.feed
