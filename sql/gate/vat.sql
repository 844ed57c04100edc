-- Purpose: services whose ledger is exactly 5/6 or 6/5 of their records, as where one has VAT at 20 % and the other has not.
-- Grain: agency × service × month. Named, not blocking. Exactly: to half a penny a line and one penny more.
WITH line AS (
    SELECT agency, service, month, count(*) AS lines
    FROM core.record_cost
    WHERE in_window AND direct_cost <> 0
    GROUP BY agency, service, month
),
compared AS (
    SELECT
        agency, service, month, direct, quantum - quarantined AS ledger,
        CAST(lines AS DECIMAL(18, 0)) * CAST(0.005 AS DECIMAL(4, 3)) + CAST(0.01 AS DECIMAL(4, 3)) AS tolerance
    FROM core.service_month
    JOIN line USING (agency, service, month)
    WHERE direct > 0
),
final AS (
    SELECT
        agency, service, strftime(month, '%Y-%m') AS month,
        'ledger £' || CAST(ledger AS VARCHAR) || ' is exactly the records'' £' || CAST(direct AS VARCHAR)
            || CASE WHEN ledger < direct THEN ' without VAT at 20 %' ELSE ' with VAT at 20 %' END AS amount
    FROM compared
    WHERE abs(ledger * 6 - CAST(direct AS DECIMAL(38, 2)) * 5) <= tolerance * 6
        OR abs(ledger * 5 - CAST(direct AS DECIMAL(38, 2)) * 6) <= tolerance * 5
)
SELECT * FROM final ORDER BY agency, service, month
