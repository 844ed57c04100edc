-- Purpose: the cost lines that rest on one row of a file. Grain: cost line. Inputs: cost_line; $agency, $source_file, $source_row.
-- Conserves: every line of the row once.
WITH final AS (
    SELECT line_id, month, service, cost_basis, units, unit, direct_cost, residual_cost, cost
    FROM release.cost_line
    WHERE source_file = $source_file AND source_row = $source_row AND agency = $agency
)
SELECT * FROM final ORDER BY month, service, line_id
