-- Purpose: the row that stands for all accepted rows of a hospital episode. Grain: row. Inputs: record; $agency, $feed, $record_key.
-- Conserves: one row an episode.
WITH final AS (
    SELECT source_file, source_row, period
    FROM core.record
    WHERE agency = $agency AND feed = $feed AND record_key = $record_key AND fate = 'accepted' AND is_lead
)
SELECT * FROM final
