-- Purpose: how cost differs between fifths in the latest financial year. Grain: scope × age_group × area_kind × area × measure.
WITH latest AS (
    SELECT max(financial_year) AS financial_year FROM release.inequality
)
SELECT *
FROM release.inequality
JOIN latest USING (financial_year)
ORDER BY scope, age_group, area_kind, area, measure
