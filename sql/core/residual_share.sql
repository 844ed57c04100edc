-- Purpose: how the residual of a service is shared over its records, where it is scaled: each line has a whole number of pence in
-- proportion to its direct cost, and the lines down to the last one named here a penny more (largest remainder; ties by larger cost,
-- then line_id). A line without direct cost has no share.
-- Grain: agency × service × month whose residual is scaled. Inputs: service_month, record_cost.
-- Conserves: the shares of a service and month sum to its residual to the penny (`share_of_residual` in cost_line).
WITH scaled AS (
    SELECT agency, service, month, residual, direct, pence(residual) AS residual_pence, pence(direct) AS direct_pence
    FROM core.service_month
    WHERE treatment = 'scale'
),
floored AS (
    SELECT
        agency, service, month, cost.line_id, cost.direct_cost, residual_pence,
        floor_quotient(residual_pence * pence(cost.direct_cost), direct_pence) AS share,
        floor_remainder(residual_pence * pence(cost.direct_cost), direct_pence) AS remainder
    FROM core.record_cost AS cost
    JOIN scaled USING (agency, service, month)
    WHERE cost.in_window AND cost.direct_cost IS NOT NULL
),
ranked AS (
    SELECT
        agency, service, month, line_id, direct_cost, remainder,
        residual_pence - sum(share) OVER (PARTITION BY agency, service, month) AS left_over,
        row_number() OVER (PARTITION BY agency, service, month ORDER BY remainder DESC, direct_cost DESC, line_id) AS remainder_rank
    FROM floored
),
last_served AS (
    SELECT agency, service, month, remainder, direct_cost, line_id FROM ranked WHERE remainder_rank = left_over
),
final AS (
    SELECT
        agency, service, month, scaled.residual, scaled.direct, pounds(last_served.remainder) AS last_remainder,
        last_served.direct_cost AS last_direct_cost, last_served.line_id AS last_line_id
    FROM scaled
    LEFT JOIN last_served USING (agency, service, month)
)
SELECT * FROM final ORDER BY agency, service, month
