-- Purpose: H by record: what is known to have been spent on records in quarantine, with the service and month it counts in.
-- Grain: part of a quarantined record with an amount that counts. Inputs: record, costing_rules, refresh.
-- Conserves: each such amount once. A duplicate, or what a correction dropped, is nobody's record; where the service cannot be told, or records of
-- the feed are not what costs it, the amount is in no H. A month that is unknown or not the dataset's is that of the file.
WITH quarantined AS (
    SELECT
        record.agency, record.feed,
        -- Without a key what is said, so that the order of rows does not matter.
        coalesce(record.record_key, record.period || ' ' || CAST(record.amount AS VARCHAR)) AS record_key,
        record.part, record.broken_rules, record.period, record.service,
        CASE
            WHEN month_of(record.start_date) BETWEEN refresh.first_month AND refresh.last_month THEN month_of(record.start_date)
            ELSE CAST(record.period || '-01' AS DATE)
        END AS month,
        record.amount, record.source_file, record.source_row
    FROM core.record
    JOIN reference.costing_rules AS rules ON rules.agency = record.agency AND rules.service = record.service
    CROSS JOIN core.refresh
    WHERE record.fate = 'quarantined' AND NOT record.is_void AND record.amount <> 0 AND record.service <> 'outpatient_dna'
        AND ((rules.method = 'record' AND record.feed NOT IN ('payments', 'care_home')) OR (rules.method = 'payments' AND record.feed = 'payments'))
),
final AS (
    -- number: rows without a readable key may be alike in all but their place.
    SELECT
        *,
        row_number() OVER (PARTITION BY agency, feed, record_key, part, service, month ORDER BY amount, source_file, source_row) AS number
    FROM quarantined
)
SELECT * FROM final
