-- Purpose: one row of a file as it was read, before anything was made of it: every field as text. Grain: record of the row.
-- Inputs: the raw table of the file (sent.raw); $source_row. Conserves: every record of the row once. It names people.
WITH final AS (
    SELECT * FROM sent.raw WHERE source_row = $source_row
)
SELECT * FROM final
