-- Purpose: stays and items that are open though the person has died: they end with the day of death. Grain: agency × feed.
-- Named, not blocking.
WITH open_record AS (
    SELECT record.agency, record.feed, record.record_key, record.part, death.date_of_death
    FROM core.record
    JOIN core.death ON death.named = coalesce('chi:' || record.chi_number, 'client:' || record.agency || ':' || record.social_care_id)
    CROSS JOIN core.refresh
    WHERE record.fate = 'accepted' AND record.is_lead AND record.spread IN ('stay', 'month') AND record.end_date IS NULL
        AND death.date_of_death < refresh.period_end
),
cost AS (
    SELECT agency, feed, record_key, part, sum(direct_cost) AS cost
    FROM core.record_cost
    WHERE in_window
    GROUP BY agency, feed, record_key, part
),
final AS (
    SELECT
        agency, feed,
        CAST(count(*) AS VARCHAR) || CASE count(*) WHEN 1 THEN ' has no end date though the person' ELSE ' have no end date though the people' END
            || ' died, the first on ' || CAST(min(date_of_death) AS VARCHAR) AS records,
        'costed to the day of death: £' || CAST(coalesce(sum(cost.cost), 0) AS VARCHAR) AS amount
    FROM open_record
    LEFT JOIN cost USING (agency, feed, record_key, part)
    GROUP BY agency, feed
)
SELECT * FROM final ORDER BY agency, feed
