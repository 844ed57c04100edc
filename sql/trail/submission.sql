-- Purpose: every submission of a release. Grain: submission. Inputs: submission.
-- Conserves: every one once.
WITH final AS (
    SELECT * FROM release.submission
)
SELECT * FROM final ORDER BY agency, feed, period, revision
