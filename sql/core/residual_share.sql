-- Purpose: each month of a record with its share of the residual of its service, where that is scaled over the records.
-- Grain: part of an accepted record × month of the dataset. Inputs: record_cost, service_month, refresh.
-- Conserves: the shares of a scaled service sum to its residual to the penny (largest remainder; ties by larger cost, then
-- line_id). A line without direct cost has no share, nor has one of a service that is not scaled.
WITH of_service AS (
    SELECT agency, service, month, CAST(sum(pence(direct_cost)) AS HUGEINT) AS weights
    FROM core.record_cost
    WHERE in_window
    GROUP BY agency, service, month
),
cost_month AS (
    SELECT
        keyed_hash(unhex(refresh.inner_pad), unhex(refresh.outer_pad),
            concat_ws(chr(31), cost.agency, cost.feed, cost.record_key, cost.part, cost.service, CAST(cost.month AS VARCHAR))) AS line_id,
        cost.*
    FROM core.record_cost AS cost
    CROSS JOIN core.refresh
    WHERE cost.in_window
),
scaled AS (
    SELECT
        cost_month.*,
        of_service.weights,
        CASE WHEN service_month.treatment = 'scale' AND cost_month.direct_cost IS NOT NULL THEN pence(service_month.residual) END
            AS residual_pence
    FROM cost_month
    JOIN core.service_month USING (agency, service, month)
    JOIN of_service USING (agency, service, month)
),
floored AS (
    SELECT
        *,
        floor_quotient(residual_pence * pence(direct_cost), weights) AS share,
        floor_remainder(residual_pence * pence(direct_cost), weights) AS remainder
    FROM scaled
),
ranked AS (
    SELECT
        *,
        residual_pence - sum(share) OVER (PARTITION BY agency, service, month) AS left_over,
        row_number() OVER (
            PARTITION BY agency, service, month ORDER BY remainder DESC NULLS LAST, direct_cost DESC NULLS LAST, line_id
        ) AS remainder_rank
    FROM floored
),
final AS (
    SELECT
        line_id, agency, feed, record_key, part, service, month, units, cost_basis, direct_cost,
        coalesce(pounds(share + CAST(remainder_rank <= left_over AS INTEGER)), CAST(0 AS DECIMAL(18, 2))) AS residual_cost,
        client_contribution, price_base, price_source, source_file, source_row, specialty_code, location_code, postcode
    FROM ranked
)
SELECT * FROM final
