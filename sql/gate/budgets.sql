-- Purpose: months in which a budget table does not have every pound of the budgets. Grain: table × agency × month.
-- Holds when empty. Proves: what was sent as a cost's budget for the dataset's months is in each table once.
WITH sent AS (
    SELECT agency, month, sum(amount) AS budget
    FROM core.budget_line
    CROSS JOIN core.refresh
    WHERE service IS NOT NULL AND month BETWEEN refresh.first_month AND refresh.last_month
    GROUP BY ALL
),
shown AS (
    SELECT 'budget_variance' AS shown_in, agency, month, sum(budget) AS budget FROM mart.budget_variance GROUP BY ALL
    UNION ALL
    SELECT 'locality_budget', agency, month, sum(budget) FROM mart.locality_budget GROUP BY ALL
    UNION ALL
    SELECT 'partnership_budget', agency, month, sum(budget) FROM mart.partnership_budget GROUP BY ALL
),
expected AS (
    SELECT tables.shown_in, sent.agency, sent.month, sent.budget
    FROM sent
    CROSS JOIN (VALUES ('budget_variance'), ('locality_budget'), ('partnership_budget')) AS tables (shown_in)
),
final AS (
    SELECT shown_in, agency, strftime(month, '%Y-%m') AS month, coalesce(expected.budget, 0) AS sent, coalesce(shown.budget, 0) AS shown
    FROM expected
    FULL JOIN shown USING (shown_in, agency, month)
)
SELECT * FROM final WHERE sent <> shown ORDER BY ALL
