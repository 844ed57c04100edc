-- Purpose: files unlike the same feed's earlier ones. Grain: one row that names them all, the newest first. Named, not blocking.
WITH named AS (
    SELECT
        agency, feed, period, rule_id,
        agency || ' ' || feed || ' ' || period || ': ' || replace(replace(rule_id, 'drift.', ''), '_', ' ')
            || ' ' || CAST(CAST(now AS DECIMAL(18, 2)) AS VARCHAR) || ', usually '
            || CAST(CAST(usual AS DECIMAL(18, 2)) AS VARCHAR) AS sentence
    FROM core.drift
    WHERE drifts
),
final AS (
    SELECT string_agg(sentence, '; ' ORDER BY period DESC, agency, feed, rule_id) AS sentences
    FROM named
    HAVING count(*) > 0
)
SELECT * FROM final
