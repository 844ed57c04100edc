-- Purpose: lines whose cost is not the sum of its parts, and ids that come twice. Grain: agency × service × month. Holds when empty.
WITH counted AS (
    SELECT agency, service, month, cost, direct_cost, residual_cost, count(*) OVER (PARTITION BY line_id) AS same_id
    FROM release.cost_line
)
SELECT agency, service, month, count(*) AS lines
FROM counted
WHERE cost <> coalesce(direct_cost, 0) + residual_cost OR same_id > 1
GROUP BY ALL
ORDER BY ALL
