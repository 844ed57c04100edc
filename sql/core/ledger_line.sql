-- Purpose: every ledger row that counts, with the service it belongs to.
-- Grain: agency × cost code × month. Inputs: ledgers, cost_code_map, refresh.
-- Conserves: every pound of the current ledgers once; a code without a mapping on the month goes to service unmapped.
WITH latest AS (
    SELECT *, max(period) OVER (PARTITION BY agency, record_key) AS last_period
    FROM staged.ledger
),
current_row AS (
    SELECT latest.* FROM latest CROSS JOIN core.refresh
    WHERE latest.period = latest.last_period AND month_of(latest.month) BETWEEN refresh.first_month AND refresh.last_month
),
final AS (
    SELECT
        current_row.agency, month_of(current_row.month) AS month, current_row.cost_code, current_row.account_name,
        CASE
            WHEN map.treatment IS NULL THEN 'unmapped'
            WHEN map.treatment = 'cost' THEN map.service
        END AS service,
        coalesce(map.treatment, 'cost') AS treatment,
        current_row.amount
    FROM current_row
    LEFT JOIN reference.cost_code_map AS map
        ON map.agency = current_row.agency
        AND map.cost_code = current_row.cost_code
        AND month_of(current_row.month)
            BETWEEN coalesce(map.valid_from, DATE '0001-01-01') AND coalesce(map.valid_to, DATE '9999-12-31')
)
SELECT * FROM final ORDER BY agency, month, cost_code
