-- Purpose: ledger rows in quarantine: the quantum lacks them. Grain: agency × period. Named, not blocking.
WITH final AS (
    SELECT agency, period, count(*) AS rows, sum(amount) AS amount FROM quarantine.ledger GROUP BY ALL
)
SELECT * FROM final ORDER BY ALL
