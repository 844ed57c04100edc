-- Purpose: which months have the accounts of each agency, of the services looked at. Grain: agency × month.
-- Inputs: control_total, service; $scope or $services, $months (YYYY-MM).
-- Conserves: every agency and month that has a quantum of such a service. A service of the accounts alone is in no scope but all.
WITH final AS (
    SELECT DISTINCT control_total.agency, strftime(control_total.month, '%Y-%m') AS month
    FROM release.control_total
    LEFT JOIN release.service ON service.service = control_total.service
    WHERE
        list_contains($months, strftime(control_total.month, '%Y-%m'))
        AND (list_contains($services, control_total.service) OR $scope = 'all' OR $scope IN (service.sector, service.setting))
)
SELECT * FROM final ORDER BY agency, month
