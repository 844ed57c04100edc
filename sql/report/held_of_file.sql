-- Purpose: pounds of records in quarantine that are on lines, by the file that they came in. Grain: agency × feed × period.
-- Conserves: the cost of every line of basis quarantined.
SELECT submission.agency, submission.feed, submission.period, CAST(sum(line.cost) AS DECIMAL(18, 2)) AS held
FROM release.cost_line AS line
JOIN release.submission ON left(submission.file_hash, 12) = line.source_file AND submission.status = 'accepted'
WHERE line.cost_basis = 'quarantined'
GROUP BY ALL
ORDER BY ALL
