-- Purpose: every code of a ledger that is another amount or belongs elsewhere in one of two releases. Grain: agency × cost code × month.
-- Inputs: ledger_line of both (before, now). Conserves: every pound of the ledgers of months that both have.
-- A release made before ledger rows were published says nothing about them.
WITH code_before AS (
    SELECT agency, cost_code, month, service, treatment, sum(amount) AS amount FROM before.ledger_line GROUP BY ALL
),
code_now AS (
    SELECT agency, cost_code, month, service, treatment, sum(amount) AS amount FROM now.ledger_line GROUP BY ALL
),
month_of_both AS (
    SELECT DISTINCT agency, month FROM code_before SEMI JOIN code_now USING (agency, month)
),
compared AS (
    SELECT
        agency, cost_code, month, earlier.service AS service_before, later.service AS service_now,
        coalesce(earlier.amount <> later.amount, TRUE) AS is_restated,
        (earlier.amount IS NOT NULL AND later.amount IS NOT NULL
            AND (earlier.service, earlier.treatment) IS DISTINCT FROM (later.service, later.treatment)) AS is_remapped,
        earlier.amount AS amount_before, later.amount AS amount_now
    FROM code_before AS earlier
    FULL JOIN code_now AS later USING (agency, cost_code, month)
),
final AS (
    SELECT compared.*
    FROM compared
    SEMI JOIN month_of_both USING (agency, month)
    WHERE (is_restated OR is_remapped) AND (SELECT count(*) > 0 FROM code_before)
)
SELECT * FROM final ORDER BY agency, cost_code, month
