-- Purpose: what payments are for days before the dataset's first month: it is in no line. Grain: agency. Named, not blocking.
WITH final AS (
    SELECT
        cost.agency, CAST(count(DISTINCT (cost.record_key, cost.part)) AS VARCHAR) -- noqa: CP03, LT01, LT06
            || CASE count(DISTINCT (cost.record_key, cost.part)) WHEN 1 THEN ' payment' ELSE ' payments' END AS payments, -- noqa: CP03, LT01, LT06
        '£' || CAST(sum(cost.direct_cost) AS VARCHAR) || ' for days before ' || CAST(min(refresh.first_month) AS VARCHAR) AS amount
    FROM core.record_cost AS cost
    CROSS JOIN core.refresh
    WHERE cost.feed = 'payments' AND cost.month < refresh.first_month AND cost.direct_cost <> 0
    GROUP BY cost.agency
)
SELECT * FROM final ORDER BY agency
