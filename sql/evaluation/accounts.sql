-- Purpose: which months have the accounts of each agency. Grain: agency × month. Inputs: control_total; $months (YYYY-MM).
-- Conserves: every agency and month that has a quantum.
WITH final AS (
    SELECT DISTINCT agency, strftime(month, '%Y-%m') AS month
    FROM release.control_total
    WHERE list_contains($months, strftime(month, '%Y-%m'))
)
SELECT * FROM final ORDER BY agency, month
