-- Purpose: where two releases differ in lines, pounds or anything that a line says. Grain: agency × service × month × council × locality.
-- Inputs: cost_line of both (before, now). Conserves: every line of both once; what does not differ is left out.
-- content: the sum of a hash of each line, so that lines need not be laid side by side where none differs.
WITH cell_before AS (
    SELECT
        agency, service, month, council, locality, count(*) AS lines, sum(cost) AS cost,
        sum(CAST(hash(line_id, person_id, link_method, units, direct_cost, residual_cost, client_contribution, data_zone, age_band, sex) AS HUGEINT))
            AS content
    FROM before.cost_line
    GROUP BY agency, service, month, council, locality
),
cell_now AS (
    SELECT
        agency, service, month, council, locality, count(*) AS lines, sum(cost) AS cost,
        sum(CAST(hash(line_id, person_id, link_method, units, direct_cost, residual_cost, client_contribution, data_zone, age_band, sex) AS HUGEINT))
            AS content
    FROM now.cost_line
    GROUP BY agency, service, month, council, locality
),
final AS (
    SELECT
        agency, service, month, council, locality,
        coalesce(cell_before.lines, 0) AS lines_before, coalesce(cell_now.lines, 0) AS lines_now,
        coalesce(cell_before.cost, CAST(0 AS DECIMAL(18, 2))) AS cost_before, coalesce(cell_now.cost, CAST(0 AS DECIMAL(18, 2))) AS cost_now
    FROM cell_before
    FULL JOIN cell_now USING (agency, service, month, council, locality)
    WHERE cell_before.content IS DISTINCT FROM cell_now.content
)
SELECT * FROM final ORDER BY agency, service, month, council, locality
