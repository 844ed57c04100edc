"""The words in which several published tables describe the same column.

Belongs here: a description that more than one table uses. Does not belong here: tables.
"""

FINANCIAL_YEAR = "financial year, April to March, as 2025-26"
MONTH = "first day of the month"
AGENCY = "the agency that pays"
SERVICE = "service of the integrated taxonomy (services.csv)"
COUNCIL = "council area code (S12…) of the person's home, or Unknown"
LOCALITY = "declared locality name, Outside Tayside or Unknown"
SIMD = "SIMD 2020v2 country quintile, 1 = most deprived; NULL when the data zone is unknown"
AGE_BAND = "age at the month's last day: 0-17, 18-64, 65-74, 75-84, 85+ or Unknown"
SEX = "0 not known, 1 male, 2 female, 9 not specified"
