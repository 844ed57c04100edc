-- Purpose: budget beside cost, from April to the last month. Grain: agency × service.
WITH latest AS (
    SELECT max(month) AS month FROM release.budget_variance
)
SELECT agency, service, budget_to_date, cost_to_date, variance_to_date, budget_year
FROM release.budget_variance
JOIN latest USING (month)
ORDER BY agency, service
