-- Purpose: every line of the accounts that counts, with the service it belongs to.
-- Grain: agency × cost code × month × line. Inputs: ledgers (accepted and quarantined), cost_code_map, withheld, refresh.
-- Conserves: every pound of the dataset's months of the current ledgers once; a code without a mapping on the month goes to
-- service unmapped. A code and month that come again in a later period are replaced with all their lines, by a quarantined one
-- too, as in fate.
WITH sent AS (
    SELECT agency, record_key, period FROM staged.ledger
    UNION ALL
    SELECT agency, record_key, period FROM quarantine.ledger
),
latest AS (
    SELECT agency, record_key, max(period) AS period FROM sent GROUP BY agency, record_key
),
current_row AS (
    SELECT
        ledger.*, month_of(ledger.month) AS ledger_month,
        row_number() OVER (PARTITION BY ledger.agency, ledger.record_key ORDER BY length(ledger.part), ledger.part) AS line
    FROM staged.ledger
    JOIN latest USING (agency, record_key, period)
    CROSS JOIN core.refresh
    WHERE month_of(ledger.month) BETWEEN refresh.first_month AND refresh.last_month
),
final AS (
    SELECT
        financial_year_of(current_row.ledger_month) AS financial_year, current_row.ledger_month AS month, current_row.agency,
        coalesce(code.shown, current_row.cost_code) AS cost_code, current_row.line,
        coalesce(name.shown, current_row.account_name) AS account_name,
        CASE
            WHEN map.treatment IS NULL THEN 'unmapped'
            WHEN map.treatment = 'cost' THEN map.service
        END AS service,
        coalesce(map.treatment, 'cost') AS treatment, map.reason, map.counterpart,
        current_row.amount
    FROM current_row
    LEFT JOIN reference.cost_code_map AS map
        ON map.agency = current_row.agency
        AND map.cost_code = current_row.cost_code
        AND current_row.ledger_month
            BETWEEN coalesce(map.valid_from, DATE '0001-01-01') AND coalesce(map.valid_to, DATE '9999-12-31')
    LEFT JOIN core.withheld AS code ON code.agency = current_row.agency AND code.text = current_row.cost_code
    LEFT JOIN core.withheld AS name ON name.agency = current_row.agency AND name.text = current_row.account_name
)
SELECT * FROM final ORDER BY agency, month, cost_code, line
