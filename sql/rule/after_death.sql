-- Purpose: records in use that begin after the person's day of death.
-- Grain: submission with such records. Inputs: records in use, whose they are, who has died. Conserves: nothing; it counts.
-- Prescriptions carry the month of payment, which comes after the item was dispensed: they say nothing of the day.
WITH broken AS (
    SELECT record.agency, record.feed, record.period, record.record_amount AS amount
    FROM core.record
    JOIN core.record_person
        ON record_person.agency = record.agency
        AND record_person.feed = record.feed
        AND record_person.record_key = record.record_key
        AND record_person.part = record.part
    JOIN core.person_home ON person_home.person_key = record_person.person_key
    WHERE record.fate = 'accepted' AND record.feed <> 'prescribing' AND record.start_date > person_home.date_of_death
),
final AS (
    SELECT agency, feed, period, 'after_death' AS rule_id, count(*) AS failed, CAST(coalesce(sum(amount), 0) AS DECIMAL(18, 2)) AS amount
    FROM broken
    GROUP BY agency, feed, period
)
SELECT * FROM final ORDER BY ALL
