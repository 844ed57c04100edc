-- Purpose: the months over which the records of one row are spread. Grain: record × month.
-- Inputs: record_month; $agency, $feed, $source_file, $source_row. Conserves: every month of the row's records once.
WITH final AS (
    SELECT record_key, part, service, month, in_window, method, days, units, specialty_code, location_code, variant, is_after_amount, record_amount
    FROM core.record_month
    WHERE source_file = $source_file AND source_row = $source_row AND agency = $agency AND feed = $feed
)
SELECT * FROM final ORDER BY record_key, part, month
