-- Purpose: lines whose cost is not the sum of its parts. Grain: agency × service × month. Holds when empty.
SELECT agency, service, month, count(*) AS lines
FROM release.cost_line
WHERE cost <> coalesce(direct_cost, 0) + residual_cost
GROUP BY ALL
ORDER BY ALL
