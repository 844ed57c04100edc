-- Purpose: months in which a summary differs from the cost lines. Grain: summary × agency × service × month. Holds when empty.
-- Proves: client_month_cost sums to the lines with a person, locality_month_cost to all lines.
WITH client AS (
    SELECT agency, service, month, sum(cost) AS cost FROM mart.client_month_cost GROUP BY ALL
),
line_with_person AS (
    SELECT agency, service, month, sum(cost) AS cost FROM core.cost_line WHERE person_id IS NOT NULL GROUP BY ALL
),
locality AS (
    SELECT agency, service, month, sum(cost) AS cost FROM mart.locality_month_cost GROUP BY ALL
),
line AS (
    SELECT agency, service, month, sum(cost) AS cost FROM core.cost_line GROUP BY ALL
),
final AS (
    SELECT 'client_month_cost' AS summary, agency, service, month, client.cost AS summed, line_with_person.cost AS lines
    FROM client
    FULL JOIN line_with_person USING (agency, service, month)
    WHERE client.cost IS DISTINCT FROM line_with_person.cost
    UNION ALL
    SELECT 'locality_month_cost', agency, service, month, locality.cost AS summed, line.cost AS lines
    FROM locality
    FULL JOIN line USING (agency, service, month)
    WHERE locality.cost IS DISTINCT FROM line.cost
)
SELECT * FROM final ORDER BY ALL
