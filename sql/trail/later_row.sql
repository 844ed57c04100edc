-- Purpose: the rows of one record in the file of a period that replaced what was said before. Grain: row.
-- Inputs: the records that count of the agency and feed (sent.counting); $record_key, $period. Conserves: every row of the record once.
WITH final AS (
    SELECT period, part, source_file, source_row, CASE WHEN broken_rules IS NOT NULL THEN 'quarantined' ELSE 'accepted' END AS fate
    FROM sent.counting
    WHERE record_key = $record_key AND period = $period
)
SELECT * FROM final ORDER BY source_row, part
