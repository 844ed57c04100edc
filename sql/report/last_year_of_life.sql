-- Purpose: what the last year of life cost. Grain: financial_year × age_group × area_kind × area × sector × setting.
SELECT * FROM release.last_year_of_life ORDER BY financial_year, age_group, area_kind, area, sector, setting
