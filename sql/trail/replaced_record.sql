-- Purpose: in which later periods the superseded records of a file of activity or payments came again. Grain: period.
-- Inputs: record; $agency, $feed, $period, $source_file. Conserves: every superseded row of the file once.
WITH asked AS (
    SELECT record_key, row_count
    FROM core.record
    WHERE source_file = $source_file AND agency = $agency AND feed = $feed AND period = $period AND fate = 'superseded'
),
later AS (
    SELECT record.record_key, max(record.period) AS period
    FROM core.record
    SEMI JOIN asked ON asked.record_key = record.record_key
    WHERE record.agency = $agency AND record.feed = $feed AND record.period > $period
        AND (record.feed <> 'payments' OR record.part NOT LIKE record.period || '/%')
    GROUP BY record.record_key
),
final AS (
    SELECT later.period, CAST(sum(asked.row_count) AS BIGINT) AS rows
    FROM asked
    LEFT JOIN later ON later.record_key = asked.record_key
    GROUP BY later.period
)
SELECT * FROM final ORDER BY period
