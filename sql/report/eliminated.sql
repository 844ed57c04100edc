-- Purpose: what two ledgers show and is counted once. Grain: what is passed × parties × status. Conserves: every eliminated row.
SELECT passed, parties, status, count(*) AS ledger_rows, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
FROM release.elimination
GROUP BY passed, parties, status
ORDER BY passed, parties, status
