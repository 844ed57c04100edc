"""The rules that a feed's declaration implies: its columns, identifiers, bounds, key and event.

Belongs here: rules made for any feed from what `schemas/feeds` says. Does not belong here: a feed's own rules (`own.py`).
"""

import functools
import operator

import pyarrow as pa

from schemas.examples import BEYOND_HEADER, GOOD_RECORD, KNOWN_POSTCODE, OTHER_CHI, SAYS_OTHERWISE, UNKNOWN_POSTCODE
from schemas.feeds import FEEDS
from schemas.plausible import PLAUSIBLE
from schemas.rules.rule import Rule, Test, flag, kept
from schemas.table import Column, columns

_TOTAL = {"ledger": {"cost_code": "", "account_name": "Total", "month": ""}}
"""A ledger with a total that has a code or a month is refused whole."""


def implied_rules(feed: str) -> list[Rule]:
    """Every rule that a feed's declaration implies."""
    declared = FEEDS[feed]
    rules: list[Rule] = []
    for c in columns(declared.model):
        if c.arrow_type != pa.string():
            rules.append(_readable(c))
        if c.name in PLAUSIBLE[feed]:
            rules.append(_plausible(c.name, PLAUSIBLE[feed][c.name]))
        if c.required:
            rules.append(_present(c.name))
    rules += _identifier_rules(feed)
    if any(pa.types.is_decimal(c.arrow_type) for c in columns(declared.model)):
        rules.append(_rounded(feed))
    if any(c.name == "chi_number" for c in columns(declared.model)):
        rules.append(Rule("chi_invalid", "warning", "The CHI number fails its checks; the record goes on without a person.",
                          lambda batch: batch["chi_is_valid"].fillna(True).astype(bool),
                          {"chi_number": "1904851232"}, {"chi_number": OTHER_CHI}))  # fmt: skip
        rules.append(flag("chi_repaired", "warning", "The CHI number had lost its leading zero and was repaired.",
                          {"chi_number": OTHER_CHI[1:]}, {"chi_number": OTHER_CHI}))  # fmt: skip
    if any(c.name == "postcode" for c in columns(declared.model)):
        rules.append(flag("postcode_unknown", "warning", "The postcode is not in the postcode directory.",
                          {"postcode": UNKNOWN_POSTCODE}, {"postcode": KNOWN_POSTCODE}))  # fmt: skip
    key = next(name for name in declared.key if name in [c.name for c in columns(declared.model) if c.identifier])
    rules.append(Rule("total_row", "record", "The row is a total of the rows above it, not a record: it counts in no sum.",
                      lambda batch: ~batch["is_total"].astype(bool), _TOTAL.get(feed, {key: "Total"}), {}))  # fmt: skip
    rules.append(flag("row_structure", "record", "The row has more or fewer fields than the header.",
                      {BEYOND_HEADER: "one field more"}, {}))  # fmt: skip
    rules.append(_letters_broken(feed))
    rules += _key_rules(feed)
    if declared.event:
        is_moment = next(c.arrow_type == pa.timestamp("us") for c in columns(declared.model) if c.name == declared.event)
        rules.append(_not_after_period(declared.event, " 00:00:00" if is_moment else ""))
    return rules


def _readable(c: Column) -> Rule:
    kind, example = "number", "1234.50"
    if pa.types.is_temporal(c.arrow_type):
        kind, example = ("date", "2025-04-30") if c.arrow_type == pa.date32() else ("date with a time", "2025-04-30 09:30:00")
    return Rule(
        f"{c.name}.unreadable",
        "record",
        f"{c.name} is filled in but is no {kind} that can be read; expected is one as {example}.",
        lambda batch: ~batch[f"{c.name}__unreadable"].astype(bool),
        {c.name: "not known" if pa.types.is_temporal(c.arrow_type) else "TBC"},
        {},
    )


def _plausible(name: str, bounds: tuple[int, int]) -> Rule:
    low, high = bounds
    return Rule(
        f"{name}.out_of_bounds",
        "record",
        f"{name} is a number that it can hardly be (expected is {low:,} to {high:,}, or what plausible_bounds.csv says): it "
        "is set aside and counts in no sum.",
        lambda batch: ~batch[f"{name}__out_of_bounds"].astype(bool),
        {name: str(high + 1)},
        {name: "1.00"},
    )


def _present(name: str) -> Rule:
    """Of a row that does not fit the header no field is known to be blank; nor is what was lost or is beyond its bounds."""
    not_blank = [f"{name}__{why}" for why in ("unreadable", "out_of_bounds", "lost")]
    return Rule(
        f"{name}.missing",
        "record",
        f"{name} is required and is blank.",
        lambda batch: functools.reduce(
            operator.or_,
            (batch[flag].astype(bool) for flag in ("row_structure", *not_blank) if flag in batch),
            batch[name].notna(),
        ),
        {name: ""},
        {},
    )


def _identifier_rules(feed: str) -> list[Rule]:
    """What spreadsheets do to identifiers: undone and counted, or lost. The examples change the last of the feed's."""
    ids = [c for c in columns(FEEDS[feed].model) if c.identifier]
    # A budget's code may be blank where a service stands for it; one that is lost has none.
    required = [c.name for c in ids if c.required or c.name == "cost_code"]
    optional = [c.name for c in ids if c.name not in required]
    rules = []
    for rule_id, severity, names, sentence in (
        ("identifier_lost", "record", required, "An identifier is in scientific notation (1.00E+05): its digits are lost."),
        ("optional_identifier_lost", "warning", optional,
         "An identifier that may be blank is in scientific notation (1.00E+05): it is lost, and the record goes on without it."),
    ):  # fmt: skip
        if names:
            rules.append(
                Rule(rule_id, severity, sentence, _none_lost(names), {names[0]: "1.00E+05"}, {names[0]: _other(feed, names[0])})
            )
    if ids:
        name = ids[0].name
        rules.append(flag("identifier_repaired", "warning",
                          "An identifier was written as spreadsheets do (=\"00437\", '00437, 10045.0, blanks in it) and was repaired.",
                          {name: f"'{_other(feed, name)}"}, {name: _other(feed, name)}))  # fmt: skip
    return rules


def _none_lost(names: list[str]) -> Test:
    return lambda batch: ~batch[[f"{name}__lost" for name in names]].astype(bool).any(axis=1)


def _other(feed: str, name: str) -> str:
    return OTHER_CHI if name == "chi_number" else f"{GOOD_RECORD[feed].get(name, '')}3"


def _rounded(feed: str) -> Rule:
    name = FEEDS[feed].amount or next(c.name for c in columns(FEEDS[feed].model) if pa.types.is_decimal(c.arrow_type))
    return Rule(
        "amount_rounded",
        "warning",
        "An amount has more than two decimals, or a quantity more than four: it was rounded, half away from zero. The pounds are "
        "those that rounding added.",
        lambda batch: ~batch["amount_rounded"].astype(bool),
        {name: "144.05751"},
        {name: "144.06"},
        pounds="amount_moved",
    )


def _letters_broken(feed: str) -> Rule:
    """The examples change the first text that may be any; a budget has a service or a code."""
    text = next(c.name for c in columns(FEEDS[feed].model) if c.arrow_type == pa.string() and not c.name.endswith("chi_number"))
    name, other = ("cost_code", {"service": ""}) if feed == "budget" else (text, {})
    return flag("letters_broken", "warning",
                "Letters are lost or strange (Ã© for é): text of another encoding was put into the file.",
                other | {name: "Jos\ufffd"}, other | {name: "José"})  # fmt: skip


def _key_rules(feed: str) -> list[Rule]:
    """What rows of one key are to one another. The examples have the key of the good record."""
    declared, good = FEEDS[feed], GOOD_RECORD[feed]
    key = {declared.key[0]: good[declared.key[0]]}
    if declared.may_repeat:
        return [flag("equal_rows", "warning", "The row is equal to another one in every column; both count.", key, {})]
    rules = [flag("duplicate_row", "record", "The row is equal to another one in every column; one of them counts.", key, {})]
    if not declared.has_lines:
        rules.append(flag("duplicate_key", "record", "Another row of the file has the same key and says otherwise.",
                          key | dict(SAYS_OTHERWISE[feed]), {}))  # fmt: skip
    return rules


def _not_after_period(name: str, midnight: str) -> Rule:
    return Rule(
        f"{name}.after_period",
        "record",
        f"{name} is later than the month the file is for.",
        lambda batch: kept(batch[name] < batch["period_end_exclusive"]),
        {name: f"2025-06-01{midnight}"},
        {name: f"2025-05-31{midnight}"},
    )
