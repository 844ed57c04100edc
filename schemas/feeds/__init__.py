"""The feeds: one model for each kind of file an agency submits, as it stands after reading (typed text).

Belongs here: a feed's columns, a module a subject, and `FEEDS`, the registry of them all. Does not belong here: the rules
that records must keep (`schemas/rules`), reading (`pipelines/ingest`).
"""

from schemas.feeds.lineage import Lineage
from schemas.feeds.registry import FEEDS, Feed

__all__ = ["FEEDS", "Feed", "Lineage"]
