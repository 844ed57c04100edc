-- Purpose: how well clients are linked, in people and pounds. Grain: agency × month × link_method.
-- Inputs: cost_line. Conserves: the cost of every line. The precision of probabilistic links is estimated by their posteriors.
WITH person_month AS (
    SELECT
        financial_year, month, agency, link_method, person_id,
        max(link_probability) AS link_probability, sum(cost) AS cost
    FROM core.cost_line
    GROUP BY financial_year, month, agency, link_method, person_id
),
final AS (
    SELECT
        financial_year, month, agency, link_method,
        count(person_id) AS clients,
        CAST(sum(cost) AS DECIMAL(18, 2)) AS cost,
        CAST(CAST(sum(link_probability) AS DECIMAL(38, 6)) / nullif(count(link_probability), 0) AS DECIMAL(18, 6)) AS estimated_precision
    FROM person_month
    GROUP BY financial_year, month, agency, link_method
)
SELECT * FROM final ORDER BY month, agency, link_method
