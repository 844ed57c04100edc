-- Purpose: open stays and items that the latest file of their feed no longer has, though it has others. Grain: agency × feed.
-- Named with what they cost since their last file, not blocking: who left without an end date is costed to this day.
WITH latest AS (
    SELECT agency, feed, max(period) AS latest_period FROM core.record GROUP BY agency, feed
),
gone AS (
    SELECT
        record.agency, record.feed, record.record_key, record.part, record.period, latest.latest_period,
        last_day(CAST(record.period || '-01' AS DATE)) AS last_seen
    FROM core.record
    JOIN latest USING (agency, feed)
    LEFT JOIN core.death ON death.named = person_key_of(record.chi_number, record.agency, record.social_care_id)
    WHERE record.fate = 'accepted' AND record.is_lead AND record.spread IN ('stay', 'month') AND record.end_date IS NULL
        AND record.period < latest.latest_period
        AND coalesce(death.date_of_death > last_day(CAST(record.period || '-01' AS DATE)), TRUE)
),
cost AS (
    SELECT gone.agency, gone.feed, gone.record_key, gone.part, sum(record_cost.direct_cost) AS cost
    FROM gone
    JOIN core.record_cost USING (agency, feed, record_key, part)
    WHERE record_cost.in_window AND record_cost.month > gone.last_seen
    GROUP BY ALL
),
final AS (
    SELECT
        agency, feed,
        CAST(count(*) AS VARCHAR) || CASE count(*) WHEN 1 THEN ' open record is' ELSE ' open records are' END
            || ' no longer in the file of ' || min(gone.latest_period) || ', last seen in ' || min(gone.period)
            || CASE WHEN min(gone.period) < max(gone.period) THEN ' to ' || max(gone.period) ELSE '' END AS records,
        'costed since: £' || CAST(coalesce(sum(cost.cost), 0) AS VARCHAR) AS amount
    FROM gone
    LEFT JOIN cost USING (agency, feed, record_key, part)
    GROUP BY agency, feed
)
SELECT * FROM final ORDER BY agency, feed
