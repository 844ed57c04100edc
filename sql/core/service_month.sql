-- Purpose: quantum Q, direct cost D, quarantined amount H and residual R of each service, and what becomes of R.
-- Grain: agency × service × month. Inputs: ledger_line, record_cost, held, costing_rules.
-- Conserves: Q = D + H + R for every row; every service with a ledger row, a record or a quarantined amount has its row.
WITH quantum AS (
    SELECT agency, service, month, sum(amount) AS quantum
    FROM core.ledger_line
    WHERE service IS NOT NULL
    GROUP BY ALL
),
direct AS (
    SELECT agency, service, month, coalesce(sum(direct_cost), 0) AS direct
    FROM core.record_cost
    WHERE in_window
    GROUP BY ALL
),
held AS (
    SELECT agency, service, month, sum(amount) AS quarantined FROM core.held GROUP BY ALL
),
grid AS (
    SELECT agency, service, month FROM quantum
    UNION
    SELECT agency, service, month FROM direct
    UNION
    SELECT agency, service, month FROM held
),
joined AS (
    SELECT
        agency, service, month,
        CAST(coalesce(quantum.quantum, 0) AS DECIMAL(18, 2)) AS quantum, quantum.quantum IS NOT NULL AS has_quantum,
        CAST(coalesce(direct.direct, 0) AS DECIMAL(18, 2)) AS direct,
        CAST(coalesce(held.quarantined, 0) AS DECIMAL(18, 2)) AS quarantined
    FROM grid
    LEFT JOIN quantum USING (agency, service, month)
    LEFT JOIN direct USING (agency, service, month)
    LEFT JOIN held USING (agency, service, month)
),
with_policy AS (
    SELECT
        joined.*, coalesce(rules.population_weight, 'all') AS population_weight,
        -- Unmapped codes are held, whatever the rules say and though they say nothing.
        CASE WHEN service = 'unmapped' THEN 'hold' ELSE rules.residual END AS policy,
        -- Declared to have no amount of its own: appointments not attended, days of delay.
        coalesce(rules.method = 'ledger' AND rules.residual = 'hold' AND NOT joined.has_quantum, FALSE) AS is_activity_only,
        joined.quantum - joined.direct - joined.quarantined AS residual,
        -- (Q − H) / D within the band, without dividing; a bound left blank is 0 below and none above.
        joined.direct > 0
            AND joined.quantum - joined.quarantined >= CAST(joined.direct AS DECIMAL(38, 2)) * coalesce(rules.band_low, 0)
            AND (
                rules.band_high IS NULL
                OR joined.quantum - joined.quarantined <= CAST(joined.direct AS DECIMAL(38, 2)) * rules.band_high
            ) AS is_in_band
    FROM joined
    LEFT JOIN reference.costing_rules AS rules USING (agency, service)
),
final AS (
    SELECT
        agency, service, month, quantum, has_quantum, direct, quarantined, CAST(residual AS DECIMAL(18, 2)) AS residual,
        CASE
            WHEN residual = 0 THEN 'none'
            WHEN policy = 'scale' AND is_in_band THEN 'scale'
            WHEN policy = 'locality' THEN 'locality'
            ELSE 'hold'
        END AS treatment,
        coalesce(residual <> 0 AND policy = 'scale' AND NOT is_in_band, FALSE) AS is_out_of_band,
        is_activity_only, population_weight
    FROM with_policy
)
SELECT * FROM final ORDER BY agency, service, month
