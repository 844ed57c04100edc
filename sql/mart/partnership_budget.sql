-- Purpose: cost of each partnership's residents beside the budget that is for it.
-- Grain: council × agency × service × month. Inputs: locality_budget, ledger_line. Conserves: every pound of locality_budget.
WITH summed AS (
    SELECT
        financial_year, month, council, agency, service,
        CAST(sum(cost) AS DECIMAL(18, 2)) AS cost, CAST(sum(budget) AS DECIMAL(18, 2)) AS budget
    FROM mart.locality_budget
    GROUP BY ALL
),
account AS (
    SELECT DISTINCT agency, month FROM core.ledger_line
),
compared AS (
    -- Where the ledger has come, a partnership without a line cost nothing.
    SELECT
        summed.* EXCLUDE (cost),
        CASE
            WHEN cost IS NULL AND account.agency IS NOT NULL AND council <> 'Not divided' THEN CAST(0 AS DECIMAL(18, 2))
            ELSE cost
        END AS cost
    FROM summed
    LEFT JOIN account USING (agency, month)
),
final AS (
    SELECT financial_year, month, council, agency, service, cost, budget, CAST(cost - budget AS DECIMAL(18, 2)) AS variance
    FROM compared
)
SELECT * FROM final ORDER BY month, council, agency, service
