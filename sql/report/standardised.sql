-- Purpose: standardised cost of every area in the latest financial year. Grain: scope × age_group × area_kind × area.
WITH latest AS (
    SELECT max(financial_year) AS financial_year FROM release.standardised_cost
)
SELECT *
FROM release.standardised_cost
JOIN latest USING (financial_year)
ORDER BY scope, age_group, area_kind, area
