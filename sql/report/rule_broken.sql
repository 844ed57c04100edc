-- Purpose: the rules that files which count broke. Grain: rule × agency × feed. A row that breaks two rules is in both.
SELECT
    rule_result.rule_id, rule_result.severity, rule_result.agency, rule_result.feed,
    CAST(sum(rule_result.failed) AS BIGINT) AS failed, CAST(sum(rule_result.amount) AS DECIMAL(18, 2)) AS amount,
    count(*) AS files
FROM release.rule_result
JOIN release.submission USING (agency, feed, period, revision)
WHERE rule_result.failed > 0 AND submission.status = 'accepted' AND NOT starts_with(rule_result.rule_id, 'drift.')
GROUP BY ALL
ORDER BY severity, failed DESC, rule_id, agency, feed
