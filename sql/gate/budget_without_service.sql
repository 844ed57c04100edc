-- Purpose: budgets that stand beside no service's cost: an unknown service or code, or a code that is no cost.
-- Grain: agency × code. Named with their pounds, not blocking.
WITH final AS (
    SELECT
        agency, coalesce(cost_code, 'unknown service') AS budget_for,
        CASE WHEN service IS NULL THEN 'its code is no cost' ELSE 'no service is known' END AS why,
        '£' || CAST(sum(amount) AS VARCHAR) AS amount
    FROM core.budget_line
    WHERE service IS NULL OR service = 'unmapped'
    GROUP BY ALL
)
SELECT * FROM final ORDER BY ALL
