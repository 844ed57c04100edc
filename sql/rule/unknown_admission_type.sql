-- Purpose: acute episodes in use whose admission type is filled in and not in the reference table.
-- Grain: submission with such episodes. Inputs: acute episodes, records in use, admission types. Conserves: nothing; it counts.
WITH broken AS (
    SELECT record.agency, record.feed, record.period, record.amount
    FROM core.record
    JOIN staged.acute
        ON acute.agency = record.agency
        AND acute.period = record.period
        AND acute.record_key = record.record_key
        AND acute.source_row = record.source_row
    ANTI JOIN reference.admission_types ON admission_types.admission_type_code = acute.admission_type_code
    WHERE record.feed = 'acute' AND record.fate = 'accepted' AND acute.admission_type_code IS NOT NULL
),
final AS (
    SELECT agency, feed, period, 'unknown_admission_type' AS rule_id, count(*) AS failed, CAST(coalesce(sum(amount), 0) AS DECIMAL(18, 2)) AS amount
    FROM broken
    GROUP BY agency, feed, period
)
SELECT * FROM final ORDER BY ALL
