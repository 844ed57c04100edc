-- Purpose: ledger codes that no mapping covers; their pounds are held on service unmapped. Grain: agency × code.
-- Named, not blocking.
WITH final AS (
    SELECT agency, cost_code, description, '£' || CAST(amount AS VARCHAR) AS amount FROM mart.unmapped_cost_code
)
SELECT * FROM final ORDER BY ALL
