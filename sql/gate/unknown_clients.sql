-- Purpose: files of the month most of whose records are for clients who are in no clients file: their cost is on nobody who is known.
-- Grain: submission. Inputs: record, rule_finding, refresh. Named, not blocking. One or two such records are nothing new.
WITH sent AS (
    SELECT record.agency, record.feed, record.period, count(*) AS records
    FROM core.record
    JOIN core.refresh ON refresh.period = record.period
    WHERE record.fate = 'accepted' AND record.social_care_id IS NOT NULL
    GROUP BY record.agency, record.feed, record.period
),
final AS (
    SELECT
        sent.agency || '/' || sent.feed || '/' || sent.period || ': ' || CAST(found.failed AS VARCHAR) || ' of '
            || CAST(sent.records AS VARCHAR) || ' records are for clients who are in no clients file of the month or before' AS file,
        'pounds: £' || CAST(found.amount AS VARCHAR) AS amount
    FROM sent
    JOIN core.rule_finding AS found
        ON found.agency = sent.agency AND found.feed = sent.feed AND found.period = sent.period AND found.rule_id = 'unknown_client'
    WHERE found.failed >= 5 AND found.failed * 2 > sent.records
)
SELECT * FROM final ORDER BY file
