-- Purpose: the cost of each month by sector. Grain: month × sector. Conserves: every pound published.
SELECT month, sector, CAST(sum(cost) AS DECIMAL(18, 2)) AS cost FROM release.locality_month_cost GROUP BY month, sector ORDER BY month, sector
