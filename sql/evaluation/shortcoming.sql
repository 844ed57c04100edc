-- Purpose: files whose rows, pounds or units were unlike those before, and files that were refused. Grain: agency × feed × period × rule.
-- Inputs: rule_result, submission; $months (YYYY-MM). Conserves: every such finding of the files that count.
WITH counted AS (
    SELECT agency, feed, period, max(revision) AS revision
    FROM release.submission
    WHERE list_contains($months, period) AND status = 'accepted'
    GROUP BY ALL
),
drifted AS (
    SELECT counted.agency, counted.feed, counted.period, rule_result.rule_id AS what
    FROM counted
    JOIN release.rule_result USING (agency, feed, period, revision)
    WHERE starts_with(rule_result.rule_id, 'drift.') AND rule_result.failed > 0
),
months AS (
    SELECT unnest($months) AS month
),
usual AS (
    SELECT agency, feed, count(*) AS times FROM counted GROUP BY ALL
),
lacking AS (
    -- A feed that came in most months, and not in this one.
    SELECT usual.agency, usual.feed, months.month AS period, 'missing' AS what
    FROM usual
    CROSS JOIN months
    LEFT JOIN counted AS there ON there.agency = usual.agency AND there.feed = usual.feed AND there.period = months.month
    WHERE there.agency IS NULL AND usual.times * 2 > len($months)
),
final AS (
    SELECT agency, feed, period, what FROM drifted
    UNION ALL
    SELECT agency, feed, period, what FROM lacking
)
SELECT * FROM final ORDER BY agency, feed, period, what
