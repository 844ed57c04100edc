-- Purpose: one cost line. Grain: cost line. Inputs: cost_line; $line_id. Conserves: the line once.
WITH final AS (
    SELECT * FROM release.cost_line WHERE line_id = $line_id
)
SELECT * FROM final
