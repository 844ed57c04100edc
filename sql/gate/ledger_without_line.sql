-- Purpose: accepted ledger rows that are in no quantum, because their month is before the dataset's first.
-- Grain: agency. Named with their pounds, not blocking.
WITH accepted AS (
    SELECT agency, sum(accepted) AS rows, sum(pounds_accepted) AS amount FROM core.fate WHERE feed = 'ledger' GROUP BY agency
),
line AS (
    SELECT agency, count(*) AS rows, sum(amount) AS amount FROM core.ledger_line GROUP BY agency
),
unlined AS (
    SELECT
        agency, CAST(accepted.rows - coalesce(line.rows, 0) AS BIGINT) AS rows, accepted.amount - coalesce(line.amount, 0) AS amount
    FROM accepted
    LEFT JOIN line USING (agency)
),
final AS (
    SELECT
        agency, CAST(rows AS VARCHAR) || CASE rows WHEN 1 THEN ' row' ELSE ' rows' END AS rows, '£' || CAST(amount AS VARCHAR) AS amount
    FROM unlined
    WHERE rows <> 0 OR amount <> 0
)
SELECT * FROM final ORDER BY ALL
