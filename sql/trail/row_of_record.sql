-- Purpose: the fates of the activity and payment records of one row of a file. Grain: record of the row.
-- Inputs: record; $agency, $feed, $period, $source_file, $source_row. Conserves: every record of the row once.
WITH final AS (
    SELECT agency, feed, period, record_key, part, fate, is_void, is_lead, row_count, service, amount, source_file, source_row
    FROM core.record
    WHERE source_file = $source_file AND source_row = $source_row AND agency = $agency AND feed = $feed AND period = $period
)
SELECT * FROM final ORDER BY row_count DESC, part, record_key
