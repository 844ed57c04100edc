-- Purpose: what is passed between agencies and does not net to zero: by how much. Grain: what is passed × parties × month.
-- Named, not blocking: the two ledgers differ, and each is shown as it is.
WITH final AS (
    SELECT DISTINCT
        passed, parties, strftime(month, '%Y-%m') AS month, status, 'both sides together leave £' || CAST(net AS VARCHAR) AS net
    FROM mart.elimination
    WHERE status <> 'nets to zero'
)
SELECT * FROM final ORDER BY ALL
