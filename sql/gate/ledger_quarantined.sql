-- Purpose: ledger rows in quarantine, by the rules that they broke: the quantum lacks them. Grain: agency × period × rules.
-- Named, not blocking. A total row stands for no row (row_count 0) and nothing lacks it: it is named by total_rows. A row whose
-- code and month a later period's file says again is replaced by it, as in fate, and no news.
WITH sent AS (
    SELECT agency, record_key, period FROM staged.ledger
    UNION ALL
    SELECT agency, record_key, period FROM quarantine.ledger
),
latest AS (
    SELECT agency, record_key, max(period) AS latest_period FROM sent WHERE record_key IS NOT NULL GROUP BY agency, record_key
),
final AS (
    SELECT
        agency, period, replace(broken_rules, ' ', ' and ') AS rules,
        CAST(count(*) AS VARCHAR) || CASE count(*) WHEN 1 THEN ' row' ELSE ' rows' END AS rows, '£' || CAST(sum(amount) AS VARCHAR) AS amount
    FROM quarantine.ledger
    LEFT JOIN latest USING (agency, record_key)
    WHERE row_count > 0 AND coalesce(period = latest_period, TRUE)
    GROUP BY agency, period, broken_rules
)
SELECT * FROM final ORDER BY ALL
