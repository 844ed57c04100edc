"""The formats that several reference tables share.

Belongs here: a format or its words that more than one module of this package uses. Does not belong here: tables.
"""

FINANCIAL_YEAR = "^(" + "|".join(rf"\d\d{year:02d}-{(year + 1) % 100:02d}" for year in range(100)) + ")$"
"""Two years that follow one another: what a spreadsheet makes of 2025-26 when it is dragged down, 2025-27, is none."""
YEAR_WORDS = "financial year, as 2025-26: the second year is the one after the first"
NATIONAL_CODE = r"^S\d{8}$"
