-- Purpose: payments whose cost code has no mapping on the first day paid for.
-- Grain: submission with such payments. Inputs: records in use. Conserves: nothing; it counts.
WITH broken AS (
    SELECT agency, feed, period, amount
    FROM core.record
    WHERE feed = 'payments' AND fate = 'accepted' AND service = 'unmapped'
),
final AS (
    SELECT agency, feed, period, 'unknown_cost_code' AS rule_id, count(*) AS failed, CAST(coalesce(sum(amount), 0) AS DECIMAL(18, 2)) AS amount
    FROM broken
    GROUP BY agency, feed, period
)
SELECT * FROM final ORDER BY ALL
