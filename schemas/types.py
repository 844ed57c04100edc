"""The column types of every table, as Arrow types.

Belongs here: one name for each kind of value. Does not belong here: columns, tables, rules.
Money is never a binary float; identifiers are text; dates are dates.
"""

from typing import Annotated

import pandas as pd
import pyarrow as pa

Text = Annotated[pd.ArrowDtype, pa.string()]
Money = Annotated[pd.ArrowDtype, pa.decimal128(18, 2)]
Quantity = Annotated[pd.ArrowDtype, pa.decimal128(18, 4)]
Rate = Annotated[pd.ArrowDtype, pa.decimal128(18, 6)]
Measured = Annotated[pd.ArrowDtype, pa.decimal128(24, 6)]
SquaredMoney = Annotated[pd.ArrowDtype, pa.decimal128(38, 4)]
Factor = Annotated[pd.ArrowDtype, pa.decimal128(18, 12)]
Day = Annotated[pd.ArrowDtype, pa.date32()]
Moment = Annotated[pd.ArrowDtype, pa.timestamp("us")]
Count = Annotated[pd.ArrowDtype, pa.int64()]
Flag = Annotated[pd.ArrowDtype, pa.bool_()]

MONEY = pa.decimal128(18, 2)
QUANTITY = pa.decimal128(18, 4)
