-- Purpose: services whose published cost is not the ledger's. Grain: agency × service × month. Holds when empty.
-- Proves: Σ cost of cost_line = Σ ledger amounts with treatment cost, for every agency, service and month.
WITH ledger AS (
    SELECT agency, service, month, sum(amount) AS amount FROM core.ledger_line WHERE service IS NOT NULL GROUP BY ALL
),
published AS (
    SELECT agency, service, month, sum(cost) AS cost FROM core.cost_line GROUP BY ALL
),
final AS (
    SELECT agency, service, month, coalesce(ledger.amount, 0) AS ledger, coalesce(published.cost, 0) AS published
    FROM ledger
    FULL JOIN published USING (agency, service, month)
)
SELECT * FROM final WHERE ledger <> published ORDER BY ALL
