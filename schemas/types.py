"""The column types of every table, as Arrow types.

Belongs here: one name for each kind of value. Does not belong here: columns, tables, rules.
Money is never a binary float; identifiers are text; dates are dates.
"""

from typing import Annotated, Any, Generic, TypeVar

import pyarrow as pa

T = TypeVar("T")


class Series(Generic[T]):
    """A column of values of one type."""


Text = Annotated[Any, pa.string()]
Money = Annotated[Any, pa.decimal128(18, 2)]
Quantity = Annotated[Any, pa.decimal128(18, 4)]
Rate = Annotated[Any, pa.decimal128(18, 6)]
Measured = Annotated[Any, pa.decimal128(24, 6)]
SquaredMoney = Annotated[Any, pa.decimal128(38, 4)]
Factor = Annotated[Any, pa.decimal128(18, 12)]
Day = Annotated[Any, pa.date32()]
Moment = Annotated[Any, pa.timestamp("us")]
Count = Annotated[Any, pa.int64()]
Flag = Annotated[Any, pa.bool_()]

MONEY = pa.decimal128(18, 2)
QUANTITY = pa.decimal128(18, 4)
