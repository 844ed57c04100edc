-- Purpose: stays and items in use that a file lists as still open though the person died before the file's month.
-- Grain: submission with such records. Inputs: records in use, whose they are, who has died. Conserves: nothing; it counts.
WITH broken AS (
    SELECT record.agency, record.feed, record.period, record.record_amount AS amount
    FROM core.record
    JOIN core.record_person
        ON record_person.agency = record.agency
        AND record_person.feed = record.feed
        AND record_person.record_key = record.record_key
        AND record_person.part = record.part
    JOIN core.person_home ON person_home.person_key = record_person.person_key
    WHERE
        record.fate = 'accepted' AND record.spread IN ('stay', 'month') AND record.end_date IS NULL
        AND person_home.date_of_death < CAST(record.period || '-01' AS DATE)
),
final AS (
    SELECT agency, feed, period, 'open_after_death' AS rule_id, count(*) AS failed, CAST(coalesce(sum(amount), 0) AS DECIMAL(18, 2)) AS amount
    FROM broken
    GROUP BY agency, feed, period
)
SELECT * FROM final ORDER BY ALL
