-- Purpose: the rules that a submission breaks, with rows and pounds. Grain: rule. Inputs: rule_result; $agency, $feed, $period, $revision.
-- Conserves: every broken rule once.
WITH final AS (
    SELECT rule_id, severity, failed, amount
    FROM release.rule_result
    WHERE agency = $agency AND feed = $feed AND period = $period AND revision = $revision AND failed > 0
)
SELECT * FROM final ORDER BY rule_id
