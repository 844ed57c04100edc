-- Purpose: the records of activity and payments that are set aside and that no later file has mended, of all agencies: read once, for there are few.
-- Grain: part of a record. Inputs: record. Conserves: every record in quarantine.
WITH final AS (
    SELECT agency, feed, period, source_row, record_key, part FROM core.record WHERE fate = 'quarantined'
)
SELECT * FROM final
