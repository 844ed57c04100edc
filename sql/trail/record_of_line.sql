-- Purpose: the record that a cost line is of, proved by the keyed hash that its line_id is. Grain: part of a record.
-- Inputs: record, refresh; $line_id, $agency, $month, $source_file, $source_row. Conserves: one record a line.
WITH candidate AS (
    SELECT * FROM core.record WHERE source_file = $source_file AND source_row = $source_row AND agency = $agency AND fate = 'accepted'
),
final AS (
    SELECT candidate.*
    FROM candidate
    CROSS JOIN core.refresh
    WHERE keyed_hash(unhex(refresh.inner_pad), unhex(refresh.outer_pad),
        concat_ws(chr(31), candidate.agency, candidate.feed, candidate.record_key, candidate.part, candidate.service, CAST($month AS VARCHAR))) = $line_id
)
SELECT * FROM final
