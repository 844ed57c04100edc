-- Purpose: what each person cost in each month and part of care. Grain: person × month × agency × setting.
-- Inputs: client_month_cost, wanted (person_id, row); $scope or $services, $months (YYYY-MM). Conserves: the cost of every line of the
-- outcome of the people who are wanted. month_number: the place of the month in $months, from 0.
WITH final AS (
    SELECT
        wanted.row, list_position($months, strftime(spent.month, '%Y-%m')) - 1 AS month_number, spent.agency, spent.setting,
        CAST(sum(spent.cost) AS DECIMAL(18, 2)) AS cost
    FROM release.client_month_cost AS spent
    JOIN wanted USING (person_id)
    WHERE
        list_contains($months, strftime(spent.month, '%Y-%m'))
        AND (list_contains($services, spent.service) OR $scope = 'all' OR $scope IN (spent.sector, spent.setting))
    GROUP BY ALL
)
SELECT * FROM final ORDER BY row, month_number, agency, setting
