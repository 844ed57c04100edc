-- Purpose: the rows that replaced a record of activity or payments: those of the last period that says it anew.
-- Grain: record of that period. Inputs: record; $agency, $feed, $record_key, $period.
-- Conserves: what is added to a payment does not replace it, as in core/record.
WITH later AS (
    SELECT period, part, source_file, source_row, fate, max(period) OVER () AS last_period
    FROM core.record
    WHERE agency = $agency AND feed = $feed AND record_key = $record_key AND period > $period
        AND (feed <> 'payments' OR part NOT LIKE period || '/%')
),
final AS (
    SELECT * EXCLUDE (last_period) FROM later WHERE period = last_period
)
SELECT * FROM final ORDER BY period, source_row, part
