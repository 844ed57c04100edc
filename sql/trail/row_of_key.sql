-- Purpose: the fates of the records of one row of a ledger, a budget or a file of deaths. Grain: record of the row.
-- Inputs: the records of the file (sent.own) and of all that count of its agency and feed (sent.counting); $source_row.
-- Conserves: every record of the row once. A key that comes again in a later period replaces the earlier rows, as in core/fate.
WITH asked AS (
    SELECT * FROM sent.own WHERE source_row = $source_row
),
latest AS (
    SELECT asked.record_key, max(counting.period) AS period
    FROM asked
    JOIN sent.counting ON counting.record_key = asked.record_key
    GROUP BY asked.record_key
),
final AS (
    SELECT
        asked.record_key, asked.part, asked.row_count, asked.amount,
        fate_of(period_number(asked.period), period_number(latest.period), asked.broken_rules) AS fate, latest.period AS replaced_in
    FROM asked
    LEFT JOIN latest ON latest.record_key = asked.record_key
)
SELECT * FROM final ORDER BY row_count DESC, part, record_key
