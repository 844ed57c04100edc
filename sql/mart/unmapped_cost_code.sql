-- Purpose: work list of ledger codes that no mapping covers. Grain: agency × cost code.
-- Inputs: ledger_line. Conserves: every pound on service unmapped.
WITH final AS (
    SELECT
        agency, cost_code, max(account_name) AS description, count(DISTINCT month) AS months,
        CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
    FROM core.ledger_line
    WHERE service = 'unmapped'
    GROUP BY agency, cost_code
)
SELECT * FROM final ORDER BY agency, cost_code
