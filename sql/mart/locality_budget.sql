-- Purpose: cost of each place's residents beside the budget that was given for the place.
-- Grain: council × locality × agency × service × month. Inputs: budget_line, locality_month_cost, ledger_line, refresh.
-- Conserves: every pound of cost, and every pound of budget in the dataset's months: what was given for no one place stays
-- Not divided, for no key of ours may divide it.
WITH cost AS (
    SELECT council, locality, agency, service, month, sum(cost) AS cost FROM mart.locality_month_cost GROUP BY ALL
),
budget AS (
    SELECT
        coalesce(council, 'Not divided') AS council, coalesce(locality, 'Not divided') AS locality, agency, service, month,
        sum(amount) AS budget
    FROM core.budget_line
    CROSS JOIN core.refresh
    WHERE service IS NOT NULL AND month BETWEEN refresh.first_month AND refresh.last_month
    GROUP BY ALL
),
account AS (
    SELECT DISTINCT agency, month FROM core.ledger_line
),
compared AS (
    -- Where the ledger has come, a place without a line cost nothing.
    SELECT
        month, council, locality, agency, service, budget.budget,
        CASE
            WHEN cost.cost IS NOT NULL THEN cost.cost
            WHEN account.agency IS NOT NULL AND 'Not divided' NOT IN (council, locality) THEN CAST(0 AS DECIMAL(18, 2))
        END AS cost
    FROM cost
    FULL JOIN budget USING (council, locality, agency, service, month)
    LEFT JOIN account USING (agency, month)
),
final AS (
    SELECT
        financial_year_of(month) AS financial_year, month, council, locality, agency, service,
        CAST(cost AS DECIMAL(18, 2)) AS cost, CAST(budget AS DECIMAL(18, 2)) AS budget,
        CAST(cost - budget AS DECIMAL(18, 2)) AS variance
    FROM compared
)
SELECT * FROM final ORDER BY month, council, locality, agency, service
