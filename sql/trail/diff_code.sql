-- Purpose: the codes of ledgers that belong elsewhere, or have another amount, in months that both releases have.
-- Grain: kind × agency × cost code × service before and now. Inputs: changed_ledger. Conserves: a code that is both is there twice.
WITH remapped AS (
    SELECT 'remapped' AS change_kind, * FROM changed_ledger WHERE is_remapped
),
restated AS (
    SELECT 'restated' AS change_kind, * FROM changed_ledger WHERE is_restated
),
either_kind AS (
    SELECT * FROM remapped
    UNION ALL
    SELECT * FROM restated
),
final AS (
    SELECT
        change_kind, agency, cost_code, coalesce(service_before, 'no cost') AS service_before, coalesce(service_now, 'no cost') AS service_now,
        min(month) AS first_month, max(month) AS last_month, count(*) AS months,
        coalesce(sum(amount_before), CAST(0 AS DECIMAL(18, 2))) AS amount_before, coalesce(sum(amount_now), CAST(0 AS DECIMAL(18, 2))) AS amount_now
    FROM either_kind
    GROUP BY change_kind, agency, cost_code, service_before, service_now
)
SELECT * FROM final ORDER BY change_kind, agency, cost_code, service_before, service_now
