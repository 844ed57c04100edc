-- Purpose: from each agency's ledger to the published cost, as a finance director reads it.
-- Grain: agency × service × month; ledger codes that are no cost have the services eliminated and excluded.
-- Inputs: ledger_line, control_total, cost_line. Conserves: every ledger pound; ledger − eliminated − excluded = quantum =
-- recorded + rated + scaled + located + unallocated + quarantined.
WITH not_cost AS (
    SELECT
        agency, CASE treatment WHEN 'eliminate' THEN 'eliminated' ELSE 'excluded' END AS service, month,
        CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
    FROM core.ledger_line
    WHERE treatment <> 'cost'
    GROUP BY ALL
),
rated AS (
    SELECT agency, service, month, CAST(coalesce(sum(direct_cost), 0) AS DECIMAL(18, 2)) AS rated
    FROM core.cost_line
    WHERE cost_basis = 'rate'
    GROUP BY ALL
),
part AS (
    SELECT
        control.agency, control.service, control.month, control.ledger_quantum AS ledger,
        CAST(0 AS DECIMAL(18, 2)) AS eliminated, CAST(0 AS DECIMAL(18, 2)) AS excluded,
        CAST(control.direct - coalesce(rated.rated, 0) AS DECIMAL(18, 2)) AS recorded,
        CAST(coalesce(rated.rated, 0) AS DECIMAL(18, 2)) AS rated,
        control.scaled, control.located, control.unallocated, control.quarantined, control.published
    FROM mart.control_total AS control
    LEFT JOIN rated USING (agency, service, month)
    UNION ALL
    SELECT
        agency, service, month, amount, CASE service WHEN 'eliminated' THEN amount ELSE 0 END,
        CASE service WHEN 'excluded' THEN amount ELSE 0 END, 0, 0, 0, 0, 0, 0, 0
    FROM not_cost
),
final AS (
    SELECT
        financial_year_of(month) AS financial_year, month, agency, service, ledger, eliminated, excluded,
        CAST(ledger - eliminated - excluded AS DECIMAL(18, 2)) AS ledger_quantum,
        recorded, rated, scaled, CAST(recorded + rated + scaled AS DECIMAL(18, 2)) AS attributed,
        located, unallocated, quarantined, published,
        CAST(ledger - eliminated - excluded - published AS DECIMAL(18, 2)) AS difference
    FROM part
)
SELECT * FROM final ORDER BY month, agency, service
