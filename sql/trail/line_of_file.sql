-- Purpose: the cost lines that rest on a file, by what they are for. Grain: service × cost basis.
-- Inputs: cost_line; $agency, $source_file. Conserves: every line of the file once.
WITH final AS (
    SELECT service, cost_basis, count(*) AS lines, count(DISTINCT source_row) AS source_rows, sum(cost) AS cost
    FROM release.cost_line
    WHERE source_file = $source_file AND agency = $agency
    GROUP BY service, cost_basis
)
SELECT * FROM final ORDER BY service, cost_basis
