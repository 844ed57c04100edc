-- Purpose: the lines of the accounts that make the quantum of one service and month. Grain: agency × cost code × month × line.
-- Inputs: ledger_line; $agency, $service, $month. Conserves: they sum to the quantum.
WITH final AS (
    SELECT cost_code, line, account_name, treatment, amount
    FROM release.ledger_line
    WHERE agency = $agency AND service = $service AND month = $month AND treatment = 'cost'
)
SELECT * FROM final ORDER BY cost_code, line
