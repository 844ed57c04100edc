-- Purpose: files unlike the same feed's earlier ones. Grain: one row that names them all, the newest first. Named, not blocking.
-- A file of which later periods' files have replaced every row is no news: a snapshot, or a month that was sent again.
WITH named AS (
    SELECT
        agency, feed, period, rule_id,
        agency || ' ' || feed || ' ' || period || ': ' || replace(replace(rule_id, 'drift.', ''), '_', ' ')
            || ' ' || CAST(CAST(now AS DECIMAL(18, 2)) AS VARCHAR) || ', usually '
            || CAST(CAST(usual AS DECIMAL(18, 2)) AS VARCHAR) AS sentence
    FROM core.drift
    JOIN core.fate USING (agency, feed, period)
    WHERE drifts AND (accepted + quarantined > 0 OR superseded = 0)
),
final AS (
    SELECT string_agg(sentence, '; ' ORDER BY period DESC, agency, feed, rule_id) AS sentences
    FROM named
    HAVING count(*) > 0
)
SELECT * FROM final
