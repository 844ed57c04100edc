-- Purpose: in which later periods the rows of a ledger, a budget or a file of deaths came again. Grain: period.
-- Inputs: the records of the file (sent.own) and of all that count of its agency and feed (sent.counting).
-- Conserves: every superseded row of the file once.
WITH latest AS (
    SELECT record_key, max(period) AS period FROM sent.counting GROUP BY record_key
),
final AS (
    SELECT latest.period, CAST(sum(asked.row_count) AS BIGINT) AS rows
    FROM sent.own AS asked
    JOIN latest ON latest.record_key = asked.record_key AND latest.period > asked.period
    GROUP BY latest.period
)
SELECT * FROM final ORDER BY period
