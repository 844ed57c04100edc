-- Purpose: payments that begin after the refresh's last month: they wait for their days. Grain: agency. Named, not blocking.
WITH final AS (
    SELECT
        agency, CAST(count(*) AS VARCHAR) || CASE count(*) WHEN 1 THEN ' payment' ELSE ' payments' END AS payments,
        '£' || CAST(sum(amount) AS VARCHAR) || ' for days from ' || CAST(min(start_date) AS VARCHAR) || ' on' AS amount
    FROM core.record
    CROSS JOIN core.refresh
    WHERE record.feed = 'payments' AND record.fate = 'accepted' AND record.start_date > refresh.period_end
    GROUP BY agency
)
SELECT * FROM final ORDER BY agency
