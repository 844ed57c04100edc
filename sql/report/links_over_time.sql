-- Purpose: the share of each month's clients who are linked. Grain: agency × month.
WITH council AS (
    SELECT DISTINCT agency FROM release.link_quality WHERE link_method IN ('probabilistic', 'unlinked')
)
SELECT
    quality.agency, quality.month, CAST(sum(quality.clients) AS BIGINT) AS clients,
    CAST(coalesce(sum(quality.clients) FILTER (WHERE quality.link_method <> 'unlinked'), 0) AS BIGINT) AS linked
FROM release.link_quality AS quality
JOIN council USING (agency)
WHERE quality.link_method <> 'none'
GROUP BY quality.agency, quality.month
ORDER BY quality.agency, quality.month
