-- Purpose: lines whose cost is not the sum of its parts, and ids that come twice. Grain: agency × service × month. Holds when empty.
WITH repeated AS (
    SELECT line_id FROM release.cost_line GROUP BY line_id HAVING count(*) > 1
)
SELECT agency, service, month, count(*) AS lines
FROM release.cost_line
WHERE cost <> coalesce(direct_cost, 0) + residual_cost OR line_id IN (SELECT line_id FROM repeated)
GROUP BY ALL
ORDER BY ALL
