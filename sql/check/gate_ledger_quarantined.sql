-- Purpose: ledger rows in quarantine: the quantum lacks them. Grain: agency × period. Named, not blocking.
WITH final AS (
    SELECT
        agency, period, CAST(count(*) AS VARCHAR) || ' rows' AS rows,
        coalesce('£' || CAST(sum(amount) AS VARCHAR), 'amount unreadable') AS amount
    FROM quarantine.ledger
    GROUP BY agency, period
)
SELECT * FROM final ORDER BY ALL
