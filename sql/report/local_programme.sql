-- Purpose: what each locality's cost of the latest financial year is for, and on how many people. Grain: council × locality ×
-- programme × setting. Conserves: the cost of every line of the year in the partners' area.
WITH latest AS (
    SELECT max(financial_year) AS financial_year FROM release.locality_month_cost
),
people AS (
    SELECT cost.council, cost.locality, service.programme, cost.setting, count(DISTINCT cost.person_id) AS people
    FROM release.client_month_cost AS cost
    JOIN latest USING (financial_year)
    JOIN release.service USING (service)
    GROUP BY ALL
),
spent AS (
    SELECT cost.council, cost.locality, service.programme, cost.setting, CAST(sum(cost.cost) AS DECIMAL(18, 2)) AS cost
    FROM release.locality_month_cost AS cost
    JOIN latest USING (financial_year)
    JOIN release.service USING (service)
    WHERE is_own_area(cost.council, cost.locality)
    GROUP BY ALL
)
SELECT
    spent.council, spent.locality, coalesce(spent.programme, 'other') AS programme, spent.setting, coalesce(people.people, 0) AS people,
    spent.cost
FROM spent
LEFT JOIN people
    ON people.council = spent.council AND people.locality = spent.locality AND people.setting = spent.setting
    AND people.programme IS NOT DISTINCT FROM spent.programme
ORDER BY spent.council, spent.locality, spent.programme NULLS LAST, spent.setting
