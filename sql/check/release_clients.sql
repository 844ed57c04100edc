-- Purpose: services in which client_month_cost differs from the lines with a person. Grain: agency × service × month. Holds when empty.
WITH line AS (
    SELECT person_id, agency, service, month, sum(cost) AS cost, count(*) AS lines
    FROM release.cost_line
    WHERE person_id IS NOT NULL
    GROUP BY ALL
)
SELECT agency, service, month, count(*) AS clients
FROM release.client_month_cost AS client
FULL JOIN line USING (person_id, agency, service, month)
WHERE client.cost IS DISTINCT FROM line.cost OR client.lines IS DISTINCT FROM line.lines
GROUP BY ALL
ORDER BY ALL
