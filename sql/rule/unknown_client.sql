-- Purpose: records for a client who is not in the council's latest clients file of their month or before.
-- Grain: submission with such records. Inputs: records in use, every row of the clients files. Conserves: nothing; it counts.
-- A clients row in quarantine is there all the same. Months before a council's first clients file have nothing to compare with.
WITH client AS (
    SELECT agency, period, social_care_id FROM staged.clients
    UNION
    SELECT agency, period, social_care_id FROM quarantine.clients
),
snapshot AS (
    SELECT DISTINCT agency, period FROM client
),
submission AS (
    SELECT DISTINCT agency, period FROM core.record
),
compared_with AS (
    SELECT submission.agency, submission.period, max(snapshot.period) AS snapshot_period
    FROM submission
    JOIN snapshot ON snapshot.agency = submission.agency AND snapshot.period <= submission.period
    GROUP BY submission.agency, submission.period
),
broken AS (
    SELECT record.agency, record.feed, record.period, record.amount
    FROM core.record
    JOIN compared_with USING (agency, period)
    ANTI JOIN client
        ON client.agency = record.agency
        AND client.period = compared_with.snapshot_period
        AND client.social_care_id = record.social_care_id
    WHERE record.fate = 'accepted' AND record.social_care_id IS NOT NULL
),
final AS (
    SELECT agency, feed, period, 'unknown_client' AS rule_id, count(*) AS failed, CAST(coalesce(sum(amount), 0) AS DECIMAL(18, 2)) AS amount
    FROM broken
    GROUP BY agency, feed, period
)
SELECT * FROM final ORDER BY ALL
