-- Purpose: where two releases differ in lines or pounds, whatever the place. Grain: agency × service × month. Inputs: compared_cell.
-- Conserves: every difference once. What stays in sum though its places differ is left out.
WITH cell AS (
    SELECT
        agency, service, month, CAST(sum(lines_before) AS BIGINT) AS lines_before, CAST(sum(lines_now) AS BIGINT) AS lines_now,
        sum(cost_before) AS cost_before, sum(cost_now) AS cost_now
    FROM compared_cell
    GROUP BY agency, service, month
),
final AS (
    SELECT * FROM cell WHERE lines_before <> lines_now OR cost_before <> cost_now
)
SELECT * FROM final ORDER BY agency, service, month
