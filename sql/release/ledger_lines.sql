-- Purpose: services whose ledger rows do not sum to the quantum. Grain: agency × service × month. Holds when empty.
WITH ledger AS (
    SELECT agency, service, month, sum(amount) AS amount FROM release.ledger_line WHERE treatment = 'cost' GROUP BY ALL
)
SELECT agency, service, month, ledger.amount, control.ledger_quantum
FROM ledger
FULL JOIN release.control_total AS control USING (agency, service, month)
WHERE coalesce(ledger.amount, 0) <> coalesce(control.ledger_quantum, 0)
ORDER BY ALL
