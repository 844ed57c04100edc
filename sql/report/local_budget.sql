-- Purpose: each locality's share of the budgets beside its cost, in the latest financial year. Grain: council × locality × agency.
WITH latest AS (
    SELECT max(financial_year) AS financial_year FROM release.locality_budget
)
SELECT
    council, locality, agency, CAST(sum(cost) AS DECIMAL(18, 2)) AS cost, CAST(sum(budget) AS DECIMAL(18, 2)) AS budget,
    CAST(sum(variance) AS DECIMAL(18, 2)) AS variance
FROM release.locality_budget
JOIN latest USING (financial_year)
WHERE is_own_area(council, locality)
GROUP BY ALL
ORDER BY ALL
