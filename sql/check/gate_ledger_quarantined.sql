-- Purpose: ledger rows in quarantine: the quantum lacks them. Grain: agency × period. Named, not blocking.
-- A total row stands for no row (row_count 0) and nothing lacks it: it is named by total_rows.
WITH final AS (
    SELECT
        agency, period, CAST(count(*) AS VARCHAR) || ' rows' AS rows,
        coalesce('£' || CAST(sum(amount) AS VARCHAR), 'amount unreadable') AS amount
    FROM quarantine.ledger
    WHERE row_count > 0
    GROUP BY agency, period
)
SELECT * FROM final ORDER BY ALL
