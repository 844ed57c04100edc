-- Purpose: the records that one row of a file makes, as they were validated. Grain: record of the row.
-- Inputs: the records of the file (sent.own); $source_row. Conserves: every record of the row once.
WITH final AS (
    SELECT record_key, part, source_row, row_count, amount, broken_rules, warned_rules, cost_month FROM sent.own WHERE source_row = $source_row
)
SELECT * FROM final ORDER BY row_count DESC, part, record_key
