-- Purpose: what came of each file that agencies sent for a month. Grain: agency × feed × period: the file that counts, else the last.
SELECT
    agency, feed, period, arg_max(status, (status = 'accepted', revision)) AS status,
    arg_max(quarantined, (status = 'accepted', revision)) AS quarantined, count(*) AS files
FROM release.submission
GROUP BY agency, feed, period
ORDER BY agency, feed, period
