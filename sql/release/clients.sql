-- Purpose: services in which client_month_cost differs from the lines with a person. Grain: agency × service × month. Holds when empty.
WITH line AS (
    SELECT
        person_id, agency, service, month, sum(units) AS units, sum(direct_cost) AS direct_cost, sum(residual_cost) AS residual_cost,
        sum(cost) AS cost, sum(client_contribution) AS client_contribution, count(*) AS lines
    FROM release.cost_line
    WHERE person_id IS NOT NULL
    GROUP BY ALL
)
SELECT agency, service, month, count(*) AS clients
FROM release.client_month_cost AS client
FULL JOIN line USING (person_id, agency, service, month)
WHERE (client.units, client.direct_cost, client.residual_cost, client.cost, client.client_contribution, client.lines)
    IS DISTINCT FROM (line.units, line.direct_cost, line.residual_cost, line.cost, line.client_contribution, line.lines)
GROUP BY ALL
ORDER BY ALL
