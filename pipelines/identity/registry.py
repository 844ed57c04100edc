"""The memory of links: which person id each client had, from which period, and which id became which.

Belongs here: the append-only link history and the published history of person ids. Does not belong here: deciding links
(`linking/`), making ids (`sql/core/person_id.sql`).
The history has a row for each change of a client's person id or link method. No row ever leaves it, so that an id that was
published once can always be followed. A period that is run again with the same links adds nothing. When the file is written,
each row is given the period in which it ends: the one in which the client's next row begins.
"""

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.engine.errors import IrfError

LINK_HISTORY = pa.schema(
    [
        ("agency", pa.string()),
        ("social_care_id", pa.string()),
        ("person_id", pa.string()),
        ("valid_from", pa.string()),
        ("link_method", pa.string()),
        ("link_probability", pa.decimal128(18, 6)),
        ("model_version", pa.string()),
    ]
)
PERSON_HISTORY = pa.schema([("old_person_id", pa.string()), ("new_person_id", pa.string()), ("changed_in", pa.string())])
_CLIENT = ["agency", "social_care_id"]
_KEPT_LATER = ("link_probability", "model_version")
"""Columns that a history of before they were kept does not have."""


def load_history(path: Path) -> pa.Table | None:
    """The link history, or None before the first refresh. Raises IrfError where the file is damaged."""
    if not path.exists():
        return None
    try:
        stored = pq.read_table(path)
        for field in LINK_HISTORY:
            if field.name in _KEPT_LATER and field.name not in stored.column_names:
                stored = stored.append_column(field, pa.nulls(stored.num_rows, field.type))
        return stored.select(LINK_HISTORY.names).cast(LINK_HISTORY)
    except (pa.ArrowException, OSError, KeyError):
        raise IrfError(
            f"{path} cannot be read as a link history; put state/ back from the backup, or changes of person ids cannot be told"
        ) from None


def with_valid_to(history: pa.Table) -> pa.Table:
    """The history with `valid_to`: the period in which the client's next row begins, and NULL for the client's last row."""
    ordered = _sorted(history)
    count = ordered.num_rows
    following = ordered.take(pa.array([min(row + 1, count - 1) for row in range(count)], pa.int64()))
    same_client = pc.and_(*(pc.equal(ordered[column], following[column]) for column in _CLIENT))
    is_last = pa.array([row == count - 1 for row in range(count)], pa.bool_())
    ends = pc.if_else(pc.and_not(same_client, is_last), following["valid_from"], pa.scalar(None, pa.string()))
    return ordered.append_column("valid_to", ends)


def save_history(history: pa.Table, path: Path) -> None:
    """Replace the history file as a whole, each row with its end: a killed run leaves the old one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        pq.write_table(with_valid_to(history), file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def link_history(previous: pa.Table | None, links: pa.Table, period: str) -> pa.Table:
    """`previous` with a row for every client of `links` who is new in `period` or whose person id or method changed.

    `links` has every column of the history but valid_from, one row a client.
    """
    earlier = LINK_HISTORY.empty_table() if previous is None else _sorted(previous)
    now = links.select([*_CLIENT, "person_id", "link_method", "link_probability", "model_version"])
    joined = now.join(_latest(_until(earlier, period)), _CLIENT, join_type="left outer", right_suffix="_before")
    same_id = pc.equal(joined["person_id"], joined["person_id_before"])
    same_method = pc.equal(joined["link_method"], joined["link_method_before"])
    changed = joined.filter(pc.or_(_not_true(same_id), _not_true(same_method)))
    dated = changed.append_column("valid_from", pa.repeat(pa.scalar(period), changed.num_rows))
    added = dated.select(LINK_HISTORY.names).cast(LINK_HISTORY)
    return _sorted(pa.concat_tables([earlier, added]))


def person_history(previous: pa.Table | None, links: pa.Table, period: str) -> pa.Table:
    """Every change of a client's person id up to `period`: which id became which, and when."""
    history = _until(link_history(previous, links, period), period)
    count = history.num_rows
    if count < 2:
        return PERSON_HISTORY.empty_table()
    old, new = history.slice(0, count - 1), history.slice(1)
    same_client = pc.and_(*(pc.equal(old[column], new[column]) for column in _CLIENT))
    moved = pc.and_(same_client, pc.not_equal(old["person_id"], new["person_id"]))
    columns = [old["person_id"].filter(moved), new["person_id"].filter(moved), new["valid_from"].filter(moved)]
    changes = pa.table(columns, schema=PERSON_HISTORY)
    distinct = changes.group_by(PERSON_HISTORY.names).aggregate([]).select(PERSON_HISTORY.names)
    return distinct.sort_by([("changed_in", "ascending"), ("old_person_id", "ascending"), ("new_person_id", "ascending")])


def _until(history: pa.Table, period: str) -> pa.Table:
    return history.filter(pc.field("valid_from") <= period)


def _not_true(flags: Any) -> Any:
    """Where a flag is false or NULL. It is NULL for a new client, who has no row before to be equal to."""
    return pc.invert(flags.fill_null(False))


def _latest(history: pa.Table) -> pa.Table:
    """Each client's last row; `history` is sorted by client and period."""
    ordered = history.group_by(_CLIENT, use_threads=False)
    latest = ordered.aggregate([("person_id", "last"), ("link_method", "last")])
    return latest.rename_columns({"person_id_last": "person_id", "link_method_last": "link_method"})


def _sorted(history: pa.Table) -> pa.Table:
    """By client and period; the sort is stable, so rows of one period stay in the order in which they came."""
    return history.sort_by([(column, "ascending") for column in (*_CLIENT, "valid_from")])
