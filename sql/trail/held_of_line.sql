-- Purpose: the quarantined amount that a cost line holds, proved by the keyed hash that its line_id is. Grain: part of a quarantined record.
-- Inputs: held, record, refresh; $line_id, $agency, $source_file, $source_row. Conserves: one amount a line.
WITH candidate AS (
    SELECT * FROM core.held WHERE source_file = $source_file AND source_row = $source_row AND agency = $agency
),
proved AS (
    SELECT candidate.feed
    FROM candidate
    CROSS JOIN core.refresh
    WHERE keyed_hash(unhex(refresh.inner_pad), unhex(refresh.outer_pad),
        concat_ws(chr(31), candidate.agency, candidate.feed, candidate.record_key, candidate.part, candidate.service,
            CAST(candidate.month AS VARCHAR), 'quarantined', CAST(candidate.number AS VARCHAR))) = $line_id
),
final AS (
    SELECT record.*
    FROM core.record
    JOIN proved ON proved.feed = record.feed
    WHERE record.source_file = $source_file AND record.source_row = $source_row AND record.agency = $agency AND record.fate = 'quarantined'
)
SELECT * FROM final
