-- Purpose: files with far more or fewer rows, pounds or units than is usual. Grain: submission × measure.
SELECT rule_result.agency, rule_result.feed, rule_result.period, rule_result.rule_id, submission.rows AS file_rows, submission.amount
FROM release.rule_result
JOIN release.submission USING (agency, feed, period, revision)
WHERE rule_result.failed > 0 AND submission.status = 'accepted' AND starts_with(rule_result.rule_id, 'drift.')
ORDER BY ALL
