-- Purpose: how many people had care of the outcome in each place, service by service, so that no figure of a few is told.
-- Grain: council × locality × month × agency × service. Inputs: locality_month_cost; $scope or $services, $age_group, $months (YYYY-MM).
-- Conserves: the people of every line of the outcome; lines without anybody (a residual) have none. Of several services who had more
-- than one counts in each: they are not to be added up.
WITH final AS (
    SELECT council, locality, strftime(month, '%Y-%m') AS month, agency, service, CAST(sum(people) AS BIGINT) AS people
    FROM release.locality_month_cost
    WHERE
        is_own_area(council, locality) AND is_in_age_group($age_group, age_band)
        AND list_contains($months, strftime(month, '%Y-%m'))
        AND (list_contains($services, service) OR $scope = 'all' OR $scope IN (sector, setting))
    GROUP BY ALL
)
SELECT * FROM final ORDER BY council, locality, month, agency, service
