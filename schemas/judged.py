"""From a table's model to the schema by which pandera judges its rows.

Belongs here: pandera's form of what the model declares. Does not belong here: the model and its columns (`table.py`), rules on
records (`rules/`).
"""

import pandas as pd
import pandera.pandas as pdr

from schemas.table import Column, Table, columns


def pandera_schema(model: type[Table]) -> pdr.DataFrameSchema:
    """A model for pandera: exactly its columns, in their order, each with its type and what its values must be."""
    return pdr.DataFrameSchema({c.name: _judged(c) for c in columns(model)}, strict=True, ordered=True)


def _judged(c: Column) -> pdr.Column:
    checks = []
    if c.codes and not c.by_rule:
        checks.append(pdr.Check.isin([code.value for code in c.codes]))
    if c.minimum is not None:
        checks.append(pdr.Check.ge(c.minimum) if c.maximum is None else pdr.Check.in_range(c.minimum, c.maximum))
    if c.pattern:
        checks.append(pdr.Check.str_matches(c.pattern))
    return pdr.Column(pd.ArrowDtype(c.arrow_type), checks, nullable=not c.required, unique=c.unique, description=c.description)
