-- Purpose: in which later periods the superseded rows of a file of hospital episodes came again. Grain: period.
-- Inputs: the records of the file (sent.own) and of all that count of its agency and feed (sent.counting).
-- Conserves: every superseded row of the file once. A cost month is replaced alone, as in core/record.
WITH later AS (
    SELECT asked.source_row, asked.part, max(asked.row_count) AS row_count, max(counting.period) AS period
    FROM sent.own AS asked
    JOIN sent.counting
        ON counting.record_key = asked.record_key AND counting.period > asked.period
        AND (asked.cost_month IS NULL OR counting.cost_month IS NULL OR counting.cost_month = asked.cost_month)
    GROUP BY asked.source_row, asked.part
),
final AS (
    SELECT period, CAST(sum(row_count) AS BIGINT) AS rows FROM later GROUP BY period
)
SELECT * FROM final ORDER BY period
