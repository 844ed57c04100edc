-- Purpose: ledger rows in quarantine, by the rules that they broke: the quantum lacks them. Grain: agency × period × rules.
-- Named, not blocking. A total row stands for no row (row_count 0) and nothing lacks it: it is named by total_rows.
WITH final AS (
    SELECT
        agency, period, CAST(count(*) AS VARCHAR) || CASE count(*) WHEN 1 THEN ' row' ELSE ' rows' END AS rows,
        replace(broken_rules, ' ', ' and ') AS rules, '£' || CAST(sum(amount) AS VARCHAR) AS amount
    FROM quarantine.ledger
    WHERE row_count > 0
    GROUP BY agency, period, broken_rules
)
SELECT * FROM final ORDER BY ALL
