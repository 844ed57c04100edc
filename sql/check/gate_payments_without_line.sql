-- Purpose: payments that give no cost line because their service is costed otherwise, or their code is no cost.
-- Grain: agency × service. Named with their pounds, not blocking.
WITH final AS (
    SELECT
        record.agency, coalesce(record.service, 'eliminated or excluded code') AS service, count(*) AS payments,
        sum(record.amount) AS amount
    FROM core.record
    LEFT JOIN reference.costing_rules AS rules ON rules.agency = record.agency AND rules.service = record.service
    WHERE record.feed = 'payments' AND record.fate = 'accepted' AND coalesce(rules.method, '') <> 'payments'
    GROUP BY ALL
)
SELECT * FROM final ORDER BY ALL
