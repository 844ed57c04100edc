-- Purpose: rows and pounds of each current submission by fate.
-- Grain: agency × feed × period. Inputs: fate_by_rules.
-- Conserves: every row of every file that counts, once; every pound that can be read.
WITH final AS (
    SELECT
        agency, feed, period,
        CAST(coalesce(sum(rows) FILTER (WHERE fate = 'accepted'), 0) AS BIGINT) AS accepted,
        CAST(coalesce(sum(rows) FILTER (WHERE fate = 'quarantined'), 0) AS BIGINT) AS quarantined,
        CAST(coalesce(sum(rows) FILTER (WHERE fate = 'superseded'), 0) AS BIGINT) AS superseded,
        CAST(coalesce(sum(pounds) FILTER (WHERE fate = 'accepted'), 0) AS DECIMAL(18, 2)) AS pounds_accepted,
        CAST(coalesce(sum(pounds) FILTER (WHERE fate = 'quarantined'), 0) AS DECIMAL(18, 2)) AS pounds_quarantined,
        CAST(coalesce(sum(pounds) FILTER (WHERE fate = 'superseded'), 0) AS DECIMAL(18, 2)) AS pounds_superseded
    FROM core.fate_by_rules
    GROUP BY agency, feed, period
)
SELECT * FROM final ORDER BY agency, feed, period
