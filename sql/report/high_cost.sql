-- Purpose: how few people much of the cost is spent on, in the latest financial year. Grain: scope × area_kind × area × cut.
WITH latest AS (
    SELECT max(financial_year) AS financial_year FROM release.high_cost
)
SELECT *
FROM release.high_cost
JOIN latest USING (financial_year)
ORDER BY scope, area_kind, area, cut
