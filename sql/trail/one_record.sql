-- Purpose: one record, for rules that are asked of it alone. Grain: part of a record. Inputs: record; $agency, $feed, $period, $source_file,
-- $source_row, $record_key, $part. Conserves: the record once.
WITH final AS (
    SELECT *
    FROM core.record
    WHERE source_file = $source_file AND source_row = $source_row AND agency = $agency AND feed = $feed AND period = $period
        AND record_key = $record_key AND part = $part
)
SELECT * FROM final
