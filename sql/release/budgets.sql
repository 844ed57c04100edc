-- Purpose: budget tables that differ from one another, from the published cost, or in their own sums. Grain: table × agency ×
-- service × month. Holds when empty.
WITH variance AS (
    SELECT 'budget_variance' AS found_in, agency, service, month
    FROM release.budget_variance AS budget
    LEFT JOIN release.control_total AS control USING (agency, service, month)
    WHERE (budget.cost IS NOT NULL AND budget.cost <> coalesce(control.published, 0))
        OR budget.variance IS DISTINCT FROM budget.cost - budget.budget
        OR budget.variance_to_date IS DISTINCT FROM budget.cost_to_date - budget.budget_to_date
),
to_date AS (
    SELECT 'to date' AS found_in, agency, service, month
    FROM release.budget_variance
    WINDOW so_far AS (PARTITION BY agency, service, financial_year ORDER BY month)
    QUALIFY budget_to_date IS DISTINCT FROM sum(budget) OVER so_far OR cost_to_date IS DISTINCT FROM sum(cost) OVER so_far
),
whole AS (
    SELECT agency, service, month, sum(budget) AS budget FROM release.budget_variance GROUP BY ALL
),
by_locality AS (
    SELECT agency, service, month, sum(budget) AS budget, sum(cost) AS cost FROM release.locality_budget GROUP BY ALL
),
by_partnership AS (
    SELECT agency, service, month, sum(budget) AS budget, sum(cost) AS cost FROM release.partnership_budget GROUP BY ALL
),
line AS (
    SELECT agency, service, month, sum(cost) AS cost FROM release.cost_line GROUP BY ALL
),
place AS (
    SELECT 'by place' AS found_in, agency, service, month
    FROM by_locality
    FULL JOIN by_partnership USING (agency, service, month)
    FULL JOIN whole USING (agency, service, month)
    FULL JOIN line USING (agency, service, month)
    WHERE by_locality.budget IS DISTINCT FROM whole.budget OR by_partnership.budget IS DISTINCT FROM whole.budget
        OR coalesce(by_locality.cost, 0) <> coalesce(line.cost, 0) OR coalesce(by_partnership.cost, 0) <> coalesce(line.cost, 0)
),
own AS (
    SELECT 'locality_budget' AS found_in, agency, service, month FROM release.locality_budget
    WHERE variance IS DISTINCT FROM cost - budget
    UNION ALL
    SELECT 'partnership_budget', agency, service, month FROM release.partnership_budget
    WHERE variance IS DISTINCT FROM cost - budget
)
SELECT * FROM variance
UNION ALL SELECT * FROM to_date
UNION ALL SELECT * FROM place
UNION ALL SELECT * FROM own
ORDER BY ALL
