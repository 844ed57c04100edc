-- Purpose: institutional beside community care over time. Grain: month × setting. Conserves: every pound published.
SELECT month, setting, CAST(sum(cost) AS DECIMAL(18, 2)) AS cost FROM release.locality_month_cost GROUP BY month, setting ORDER BY month, setting
