-- Purpose: how well clients are linked, in people and pounds. Grain: agency × month × link_method.
-- Inputs: cost_line. Conserves: the cost of every line.
WITH final AS (
    SELECT
        financial_year, month, agency, link_method, count(DISTINCT person_id) AS clients, CAST(sum(cost) AS DECIMAL(18, 2)) AS cost
    FROM core.cost_line
    GROUP BY ALL
)
SELECT * FROM final ORDER BY month, agency, link_method
