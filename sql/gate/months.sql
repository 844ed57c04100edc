-- Purpose: records whose months do not sum to them. Grain: agency × feed × service. Holds when empty.
-- Proves: for every split, Σ direct cost over its months (in and out of the dataset's) = the split's total; every accepted
-- record with an amount that counts as cost has a split.
WITH split AS (
    SELECT agency, feed, record_key, part, service, split_group, sum(direct_cost) AS months, min(split_total) AS total
    FROM core.record_cost
    GROUP BY ALL
),
whole AS (
    -- A record costed by its own amount is one split of exactly that amount. Not attended: no cost.
    SELECT record.agency, record.feed, record.record_key, record.part, record.service, record.record_amount AS amount
    FROM core.record
    JOIN reference.costing_rules AS rules ON rules.agency = record.agency AND rules.service = record.service
    WHERE record.fate = 'accepted' AND record.is_lead AND record.record_amount IS NOT NULL AND record.feed <> 'care_home'
        AND record.service <> 'outpatient_dna'
        AND ((rules.method = 'record' AND record.feed <> 'payments') OR (rules.method = 'payments' AND record.feed = 'payments'))
),
broken AS (
    SELECT agency, feed, service FROM split WHERE months IS DISTINCT FROM total
    UNION ALL
    SELECT whole.agency, whole.feed, whole.service
    FROM whole
    LEFT JOIN split
        ON split.agency = whole.agency AND split.feed = whole.feed AND split.record_key = whole.record_key AND split.part = whole.part
        AND split.split_group = ''
    WHERE split.total IS DISTINCT FROM whole.amount
),
final AS (
    SELECT agency, feed, service, count(*) AS records FROM broken GROUP BY ALL
)
SELECT * FROM final ORDER BY ALL
