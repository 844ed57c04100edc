-- Purpose: institutional beside community care. Grain: financial_year × age_group × area_kind × area × setting.
SELECT * FROM release.balance_of_care ORDER BY financial_year, age_group, area_kind, area, setting
