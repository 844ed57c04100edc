-- Purpose: the bridge from each agency's ledger to the published cost. Grain: agency × service × month.
-- Inputs: service_month, cost_line. Conserves: ledger_quantum = direct + scaled + located + unallocated + quarantined.
WITH published AS (
    SELECT
        agency, service, month,
        coalesce(sum(direct_cost), 0) AS direct,
        coalesce(sum(residual_cost) FILTER (WHERE cost_basis IN ('record', 'rate', 'payments', 'activity', 'uncosted')), 0) AS scaled,
        coalesce(sum(cost) FILTER (WHERE cost_basis = 'located'), 0) AS located,
        coalesce(sum(cost) FILTER (WHERE cost_basis = 'unallocated'), 0) AS unallocated,
        coalesce(sum(cost) FILTER (WHERE cost_basis = 'quarantined'), 0) AS quarantined,
        sum(cost) AS published,
        count(DISTINCT person_id) AS people, count(*) AS lines,
        count(*) FILTER (WHERE cost_basis = 'uncosted') AS uncosted_lines
    FROM core.cost_line
    GROUP BY ALL
),
final AS (
    SELECT
        financial_year_of(month) AS financial_year, month, agency, service,
        CAST(coalesce(service_month.quantum, 0) AS DECIMAL(18, 2)) AS ledger_quantum,
        CAST(coalesce(published.direct, 0) AS DECIMAL(18, 2)) AS direct,
        CAST(coalesce(published.scaled, 0) AS DECIMAL(18, 2)) AS scaled,
        CAST(coalesce(published.located, 0) AS DECIMAL(18, 2)) AS located,
        CAST(coalesce(published.unallocated, 0) AS DECIMAL(18, 2)) AS unallocated,
        CAST(coalesce(published.quarantined, 0) AS DECIMAL(18, 2)) AS quarantined,
        CAST(coalesce(published.published, 0) AS DECIMAL(18, 2)) AS published,
        CAST(coalesce(service_month.quantum, 0) - coalesce(published.published, 0) AS DECIMAL(18, 2)) AS difference,
        CASE
            WHEN service_month.direct <> 0
                THEN TRY_CAST(rounded_quotient(
                    pence(service_month.quantum - service_month.quarantined) * CASE WHEN service_month.direct < 0 THEN -1000000 ELSE 1000000 END,
                    abs(pence(service_month.direct))
                ) AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(7, 6))
        END AS scale_factor,
        coalesce(published.people, 0) AS people, coalesce(published.lines, 0) AS lines,
        coalesce(published.uncosted_lines, 0) AS uncosted_lines,
        CASE
            WHEN service = 'unmapped' THEN 'unmapped'
            WHEN service_month.is_activity_only THEN 'activity_only'
            WHEN NOT coalesce(service_month.has_quantum, FALSE) THEN 'no_quantum'
            WHEN service_month.is_out_of_band THEN 'out_of_band'
            WHEN service_month.treatment = 'scale' THEN 'scaled'
            WHEN published.unallocated <> 0 THEN 'held'
            WHEN service_month.treatment = 'locality' THEN 'located'
            ELSE 'balanced'
        END AS status
    FROM core.service_month
    FULL JOIN published USING (agency, service, month)
)
SELECT * FROM final ORDER BY month, agency, service
