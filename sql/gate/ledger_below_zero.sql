-- Purpose: ledgers whose costs of a month come to less than nothing, as where expenditure was sent with a minus.
-- Grain: agency × month. Inputs: ledger_line. Named, not blocking: a month of refunds can be true.
WITH summed AS (
    SELECT agency, month, sum(amount) AS amount FROM core.ledger_line WHERE treatment = 'cost' GROUP BY agency, month
),
final AS (
    SELECT
        agency, strftime(month, '%Y-%m') AS month, '£' || CAST(amount AS VARCHAR) || ' in all; are the signs turned round?' AS amount
    FROM summed
    WHERE amount < 0
)
SELECT * FROM final ORDER BY agency, month
