-- Purpose: integrated cost of each person by month, agency and service.
-- Grain: person × month × agency × service. Inputs: cost_line.
-- Conserves: the cost of every line with a person.
WITH final AS (
    SELECT
        financial_year, month, person_id, agency, sector, service, setting, council, hscp, locality, data_zone, simd_quintile,
        age_band, sex,
        CAST(sum(units) AS DECIMAL(18, 4)) AS units,
        CAST(sum(direct_cost) AS DECIMAL(18, 2)) AS direct_cost,
        CAST(sum(residual_cost) AS DECIMAL(18, 2)) AS residual_cost,
        CAST(sum(cost) AS DECIMAL(18, 2)) AS cost,
        CAST(sum(client_contribution) AS DECIMAL(18, 2)) AS client_contribution,
        count(*) AS lines
    FROM core.cost_line
    WHERE person_id IS NOT NULL
    GROUP BY ALL
)
SELECT * FROM final ORDER BY month, person_id, agency, service
