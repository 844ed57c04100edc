-- Purpose: every budget row that counts, with the service it belongs to.
-- Grain: budget row. Inputs: budgets (accepted and quarantined), cost_code_map, services, agencies, withheld.
-- Conserves: every pound of the current budgets once; a service or code that is not known goes to service unmapped. A row that
-- comes again in a later period is replaced, by a quarantined one too, as in fate.
WITH sent AS (
    SELECT agency, record_key, period FROM staged.budget
    UNION ALL
    SELECT agency, record_key, period FROM quarantine.budget
),
latest AS (
    SELECT agency, record_key, max(period) AS period FROM sent GROUP BY agency, record_key
),
budget_row AS (
    SELECT budget.*, month_of(budget.month) AS budget_month
    FROM staged.budget
    JOIN latest USING (agency, record_key, period)
),
own_council AS (
    -- A council's budget is for its own area: the code it has now.
    SELECT agency, arg_max(code, coalesce(valid_to, DATE '9999-12-31')) AS council FROM reference.agencies WHERE kind = 'council' GROUP BY agency
),
final AS (
    SELECT
        budget_row.agency, budget_row.budget_month AS month, coalesce(code.shown, budget_row.cost_code) AS cost_code,
        CASE
            WHEN budget_row.service IS NOT NULL THEN coalesce(services.service, 'unmapped')
            WHEN code_map.treatment IS NULL THEN 'unmapped'
            WHEN code_map.treatment = 'cost' THEN code_map.service
        END AS service,
        coalesce(council.shown, budget_row.council, own_council.council) AS council,
        coalesce(locality.shown, budget_row.locality) AS locality, budget_row.amount
    FROM budget_row
    LEFT JOIN own_council ON own_council.agency = budget_row.agency
    LEFT JOIN reference.services ON services.service = budget_row.service
    LEFT JOIN reference.cost_code_map AS code_map
        ON code_map.agency = budget_row.agency
        AND code_map.cost_code = budget_row.cost_code
        AND budget_row.budget_month
            BETWEEN coalesce(code_map.valid_from, DATE '0001-01-01') AND coalesce(code_map.valid_to, DATE '9999-12-31')
    LEFT JOIN core.withheld AS code ON code.agency = budget_row.agency AND code.text = budget_row.cost_code
    LEFT JOIN core.withheld AS council ON council.agency = budget_row.agency AND council.text = budget_row.council
    LEFT JOIN core.withheld AS locality ON locality.agency = budget_row.agency AND locality.text = budget_row.locality
)
SELECT * FROM final ORDER BY ALL
