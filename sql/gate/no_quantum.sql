-- Purpose: services with direct cost or activity and no ledger amount, but those declared to count activity only.
-- Grain: agency × service × month. Named, not blocking.
WITH final AS (
    SELECT agency, service, strftime(month, '%Y-%m') AS month, '£' || CAST(direct AS VARCHAR) AS direct FROM core.service_month WHERE NOT has_quantum AND NOT is_activity_only
)
SELECT * FROM final ORDER BY ALL
