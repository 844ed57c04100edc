-- Purpose: services whose lines do not sum to the ledger quantum. Grain: agency × service × month. Holds when empty.
WITH published AS (
    SELECT agency, service, month, sum(cost) AS cost FROM release.cost_line GROUP BY ALL
)
SELECT agency, service, month, ledger_quantum, published.cost, difference
FROM release.control_total
FULL JOIN published USING (agency, service, month)
WHERE ledger_quantum IS DISTINCT FROM coalesce(published.cost, 0) OR difference IS DISTINCT FROM 0 OR control_total.published IS DISTINCT FROM ledger_quantum
ORDER BY ALL
