-- Purpose: stays in use that begin while another stay of the same person in the same feed goes on.
-- Grain: submission with such stays. Inputs: records in use, whose they are, the refresh. Conserves: nothing; it counts.
-- The day of leaving does not count, so stays may touch. Of two that begin on one day the one that ends later is counted.
WITH stay AS (
    SELECT record.agency, record.feed, record.period, record.record_key, record.part, record.record_amount AS amount, record.start_date,
        coalesce(record.end_date, refresh.period_end + 1) AS end_date,
        CASE record.feed WHEN 'care_home' THEN record.social_care_id ELSE record_person.person_key END AS whose
    FROM core.record
    CROSS JOIN core.refresh
    JOIN core.record_person
        ON record_person.agency = record.agency
        AND record_person.feed = record.feed
        AND record_person.record_key = record.record_key
        AND record_person.part = record.part
    WHERE record.fate = 'accepted' AND record.feed IN ('acute', 'care_home')
),
beside_earlier AS (
    SELECT
        *,
        max(end_date) OVER (
            PARTITION BY agency, feed, whose ORDER BY start_date, end_date, record_key, part
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS earlier_end
    FROM stay
    WHERE whose IS NOT NULL
),
broken AS (
    SELECT * FROM beside_earlier WHERE earlier_end > start_date
),
final AS (
    SELECT agency, feed, period, 'overlapping_stay' AS rule_id, count(*) AS failed, CAST(coalesce(sum(amount), 0) AS DECIMAL(18, 2)) AS amount
    FROM broken
    GROUP BY agency, feed, period
)
SELECT * FROM final ORDER BY ALL
