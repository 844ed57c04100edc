-- Purpose: what the outcome of a test of change is made of, place by place.
-- Grain: council × locality × month × agency × setting. Inputs: locality_month_cost; $scope or $services, $age_group, $months (YYYY-MM).
-- Conserves: the cost of every line of the outcome in the months whose home is in the partners' area. Pounds without an age are in no
-- age group but all.
WITH looked_at AS (
    SELECT council, locality, strftime(month, '%Y-%m') AS month, agency, setting, units, cost
    FROM release.locality_month_cost
    WHERE
        is_own_area(council, locality) AND is_in_age_group($age_group, age_band)
        AND list_contains($months, strftime(month, '%Y-%m'))
        AND (list_contains($services, service) OR $scope = 'all' OR $scope IN (sector, setting))
),
final AS (
    SELECT
        council, locality, month, agency, setting, CAST(sum(units) AS DECIMAL(18, 4)) AS units, CAST(sum(cost) AS DECIMAL(18, 2)) AS cost
    FROM looked_at
    GROUP BY ALL
)
SELECT * FROM final ORDER BY council, locality, month, agency, setting
