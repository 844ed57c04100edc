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
current_row AS (
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
        current_row.agency, current_row.budget_month AS month, coalesce(code.shown, current_row.cost_code) AS cost_code,
        CASE
            WHEN current_row.service IS NOT NULL THEN coalesce(services.service, 'unmapped')
            WHEN map.treatment IS NULL THEN 'unmapped'
            WHEN map.treatment = 'cost' THEN map.service
        END AS service,
        coalesce(council.shown, current_row.council, own_council.council) AS council,
        coalesce(locality.shown, current_row.locality) AS locality, current_row.amount
    FROM current_row
    LEFT JOIN own_council ON own_council.agency = current_row.agency
    LEFT JOIN reference.services ON services.service = current_row.service
    LEFT JOIN reference.cost_code_map AS map
        ON map.agency = current_row.agency
        AND map.cost_code = current_row.cost_code
        AND current_row.budget_month
            BETWEEN coalesce(map.valid_from, DATE '0001-01-01') AND coalesce(map.valid_to, DATE '9999-12-31')
    LEFT JOIN core.withheld AS code ON code.agency = current_row.agency AND code.text = current_row.cost_code
    LEFT JOIN core.withheld AS council ON council.agency = current_row.agency AND council.text = current_row.council
    LEFT JOIN core.withheld AS locality ON locality.agency = current_row.agency AND locality.text = current_row.locality
)
SELECT * FROM final ORDER BY ALL
