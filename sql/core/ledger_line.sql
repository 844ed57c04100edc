-- Purpose: every ledger row that counts, with the service it belongs to.
-- Grain: agency × cost code × month. Inputs: ledgers (accepted and quarantined), cost_code_map, refresh.
-- Conserves: every pound of the dataset's months of the current ledgers once; a code without a mapping on the month goes to
-- service unmapped. A row that comes again in a later period is replaced, by a quarantined one too, as in fate.
WITH sent AS (
    SELECT agency, record_key, period FROM staged.ledger
    UNION ALL
    SELECT agency, record_key, period FROM quarantine.ledger
),
latest AS (
    SELECT agency, record_key, max(period) AS period FROM sent GROUP BY agency, record_key
),
current_row AS (
    SELECT ledger.*
    FROM staged.ledger
    JOIN latest USING (agency, record_key, period)
    CROSS JOIN core.refresh
    WHERE month_of(ledger.month) BETWEEN refresh.first_month AND refresh.last_month
),
final AS (
    SELECT
        financial_year_of(current_row.month) AS financial_year, month_of(current_row.month) AS month, current_row.agency,
        current_row.cost_code, current_row.account_name,
        CASE
            WHEN map.treatment IS NULL THEN 'unmapped'
            WHEN map.treatment = 'cost' THEN map.service
        END AS service,
        coalesce(map.treatment, 'cost') AS treatment, map.reason, map.counterpart, current_row.amount
    FROM current_row
    LEFT JOIN reference.cost_code_map AS map
        ON map.agency = current_row.agency
        AND map.cost_code = current_row.cost_code
        AND month_of(current_row.month)
            BETWEEN coalesce(map.valid_from, DATE '0001-01-01') AND coalesce(map.valid_to, DATE '9999-12-31')
)
SELECT * FROM final ORDER BY agency, month, cost_code
