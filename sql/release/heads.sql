-- Purpose: cells of locality_month_cost whose cost per head is not their cost ÷ population, to the penny. Grain: its own cells.
-- Holds when empty.
SELECT agency, service, month, council, locality
FROM release.locality_month_cost
WHERE (cost_per_head IS NULL) <> (coalesce(population, 0) = 0)
    OR 2 * abs(cost - cost_per_head * population) > 0.01 * population
ORDER BY ALL
