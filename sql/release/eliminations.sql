-- Purpose: eliminations that are not the ledger's, or whose net is not that of their sides. Grain: agency × code × month.
-- Holds when empty.
WITH net AS (
    SELECT passed, parties, month, sum(amount) AS net FROM release.elimination GROUP BY ALL
),
ledger AS (
    SELECT agency, cost_code, month, sum(amount) AS amount FROM release.ledger_line WHERE treatment = 'eliminate' GROUP BY ALL
)
SELECT agency, cost_code, month
FROM ledger
FULL JOIN release.elimination AS listed USING (agency, cost_code, month)
LEFT JOIN net USING (passed, parties, month)
WHERE ledger.amount IS DISTINCT FROM listed.amount OR listed.net IS DISTINCT FROM net.net
    OR (listed.status = 'nets to zero') <> (listed.net = 0)
ORDER BY ALL
