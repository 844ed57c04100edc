"""The engines by name. Belongs here: the names alone, which the command line needs at once. Does not belong here: an engine."""

from enum import StrEnum


class EngineName(StrEnum):
    """What may run the SELECTs of `sql/`."""

    duckdb = "duckdb"
    spark = "spark"
