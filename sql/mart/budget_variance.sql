-- Purpose: cost beside budget, month by month and year to date, for every agency that sent a budget.
-- Grain: agency × service × month of the dataset. Inputs: budget_line, control_total, ledger_line, refresh.
-- Conserves: every pound of those agencies' budgets and costs in the dataset's months. A service without a budget has none
-- (NULL), not one of nothing.
WITH dataset_month AS (
    SELECT unnest(month_series(first_month, last_month)) AS month FROM core.refresh
),
budget AS (
    SELECT agency, service, month, sum(amount) AS budget FROM core.budget_line WHERE service IS NOT NULL GROUP BY ALL
),
budget_year AS (
    SELECT agency, service, financial_year_of(month) AS financial_year, CAST(sum(budget) AS DECIMAL(18, 2)) AS budget_year
    FROM budget
    GROUP BY ALL
),
service AS (
    SELECT agency, service FROM budget
    UNION
    SELECT agency, service FROM mart.control_total SEMI JOIN budget USING (agency)
),
account AS (
    SELECT DISTINCT agency, month FROM core.ledger_line
),
compared AS (
    SELECT
        financial_year_of(dataset_month.month) AS financial_year, dataset_month.month, service.agency, service.service,
        CAST(budget.budget AS DECIMAL(18, 2)) AS budget,
        -- A ledger that does not name the service says that it cost nothing; no ledger says nothing.
        CASE WHEN account.agency IS NOT NULL THEN CAST(coalesce(control.published, 0) AS DECIMAL(18, 2)) END AS cost
    FROM service
    CROSS JOIN dataset_month
    LEFT JOIN budget ON budget.agency = service.agency AND budget.service = service.service AND budget.month = dataset_month.month
    LEFT JOIN mart.control_total AS control
        ON control.agency = service.agency AND control.service = service.service AND control.month = dataset_month.month
    LEFT JOIN account ON account.agency = service.agency AND account.month = dataset_month.month
),
summed AS (
    SELECT
        *,
        CAST(sum(budget) OVER to_date AS DECIMAL(18, 2)) AS budget_to_date,
        CAST(sum(cost) OVER to_date AS DECIMAL(18, 2)) AS cost_to_date
    FROM compared
    WINDOW to_date AS (PARTITION BY agency, service, financial_year ORDER BY month)
),
final AS (
    SELECT
        financial_year, month, agency, service, budget, cost, CAST(cost - budget AS DECIMAL(18, 2)) AS variance,
        budget_to_date, cost_to_date, CAST(cost_to_date - budget_to_date AS DECIMAL(18, 2)) AS variance_to_date,
        budget_year.budget_year
    FROM summed
    LEFT JOIN budget_year USING (agency, service, financial_year)
)
SELECT * FROM final ORDER BY month, agency, service
