"""The words in which several published tables describe the same column.

Belongs here: a description that more than one table uses. Does not belong here: tables.
"""

from schemas.codes import AgeBand, Sex, either, explained

FINANCIAL_YEAR = "financial year, April to March, as 2025-26"
MONTH = "first day of the month"
AGENCY = "the agency that pays"
SERVICE = "service of the integrated taxonomy (services.csv)"
COUNCIL = "council area code (S12…) of the person's home, or Unknown"
LOCALITY = "declared locality name, Outside Tayside or Unknown"
SIMD = "SIMD 2020v2 country quintile, 1 = most deprived; NULL when the data zone is unknown"
AGE_BAND = f"age at the month's last day: {either(AgeBand)}"
SEX = explained(Sex)
