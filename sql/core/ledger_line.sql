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
ledger_row AS (
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
        financial_year_of(ledger_row.ledger_month) AS financial_year, ledger_row.ledger_month AS month, ledger_row.agency,
        coalesce(code.shown, ledger_row.cost_code) AS cost_code, ledger_row.line,
        coalesce(name.shown, ledger_row.account_name) AS account_name,
        CASE
            WHEN code_map.treatment IS NULL THEN 'unmapped'
            WHEN code_map.treatment = 'cost' THEN code_map.service
        END AS service,
        coalesce(code_map.treatment, 'cost') AS treatment, code_map.reason, code_map.counterpart,
        ledger_row.amount
    FROM ledger_row
    LEFT JOIN reference.cost_code_map AS code_map
        ON code_map.agency = ledger_row.agency
        AND code_map.cost_code = ledger_row.cost_code
        AND ledger_row.ledger_month
            BETWEEN coalesce(code_map.valid_from, DATE '0001-01-01') AND coalesce(code_map.valid_to, DATE '9999-12-31')
    LEFT JOIN core.withheld AS code ON code.agency = ledger_row.agency AND code.text = ledger_row.cost_code
    LEFT JOIN core.withheld AS name ON name.agency = ledger_row.agency AND name.text = ledger_row.account_name
)
SELECT * FROM final ORDER BY agency, month, cost_code, line
