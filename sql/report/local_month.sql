-- Purpose: the cost of each locality by month and sector. Grain: council × locality × month × sector.
SELECT council, locality, month, sector, CAST(sum(cost) AS DECIMAL(18, 2)) AS cost
FROM release.locality_month_cost
WHERE is_own_area(council, locality)
GROUP BY ALL
ORDER BY ALL
