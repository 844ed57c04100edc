-- Purpose: who one record is about, for rules that are asked of it alone. Grain: part of a record.
-- Inputs: record_person; $agency, $feed, $record_key, $part. Conserves: the record once.
WITH final AS (
    SELECT * FROM core.record_person WHERE record_key = $record_key AND agency = $agency AND feed = $feed AND part = $part
)
SELECT * FROM final
