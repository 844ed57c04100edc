-- Purpose: stays and items that are open though the person has died. Grain: agency × feed × how the death is known.
-- Known by the number that the record names, they end with the day of death. Known through a link alone they cost on, because
-- linking moves no cost: named with what the months after the death cost. Not blocking.
WITH open_record AS (
    SELECT
        record.agency, record.feed, record.record_key, record.part, death.date_of_death IS NULL AS is_by_link,
        coalesce(death.date_of_death, person_home.date_of_death) AS date_of_death
    FROM core.record
    LEFT JOIN core.death ON death.named = person_key_of(record.chi_number, record.agency, record.social_care_id)
    LEFT JOIN core.record_person USING (agency, feed, record_key, part)
    LEFT JOIN core.person_home USING (person_key)
    CROSS JOIN core.refresh
    WHERE record.fate = 'accepted' AND record.is_lead AND record.spread IN ('stay', 'month') AND record.end_date IS NULL
        AND coalesce(death.date_of_death, person_home.date_of_death) < refresh.period_end
),
cost AS (
    SELECT open_record.agency, open_record.feed, open_record.record_key, open_record.part, sum(record_cost.direct_cost) AS cost
    FROM open_record
    JOIN core.record_cost USING (agency, feed, record_key, part)
    WHERE record_cost.in_window AND (NOT open_record.is_by_link OR record_cost.month > open_record.date_of_death)
    GROUP BY ALL
),
final AS (
    SELECT
        agency, feed,
        CAST(count(*) AS VARCHAR) || CASE count(*) WHEN 1 THEN ' has no end date though the person' ELSE ' have no end date though the people' END
            || CASE WHEN is_by_link THEN ' (known by a link)' ELSE '' END
            || ' died, the first in ' || strftime(min(date_of_death), '%Y-%m') AS records,
        CASE WHEN is_by_link THEN 'costed on, as a link moves no cost; the months after it: £' ELSE 'costed to the day of death: £' END
            || CAST(coalesce(sum(cost.cost), 0) AS VARCHAR) AS amount
    FROM open_record
    LEFT JOIN cost USING (agency, feed, record_key, part)
    GROUP BY agency, feed, is_by_link
)
SELECT * FROM final ORDER BY ALL
