-- Purpose: services with direct cost or activity and no ledger amount. Grain: agency × service × month. Named, not blocking.
WITH final AS (
    SELECT agency, service, strftime(month, '%Y-%m') AS month, direct FROM core.service_month WHERE NOT has_quantum
)
SELECT * FROM final ORDER BY ALL
