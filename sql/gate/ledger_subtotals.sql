-- Purpose: rows of the month's ledgers whose amount is that of the rows just above them, three or more: subtotals under a code
-- count twice. Grain: ledger. Inputs: ledgers, refresh. Named, not blocking: an account can have such an amount by chance.
WITH ordered AS (
    SELECT
        ledger.agency, ledger.period, ledger.source_row, ledger.amount,
        row_number() OVER file AS row_position, sum(ledger.amount) OVER file AS up_to
    FROM staged.ledger
    JOIN core.refresh ON refresh.period = ledger.period
    WINDOW file AS (PARTITION BY ledger.agency, ledger.period ORDER BY ledger.source_row ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
summed AS (
    SELECT agency, period, row_position, up_to FROM ordered
    UNION ALL
    SELECT DISTINCT agency, period, 0, CAST(0 AS DECIMAL(18, 2)) FROM ordered
),
subtotal AS (
    -- The rows between two positions sum to the row after them.
    SELECT DISTINCT ordered.agency, ordered.period, ordered.source_row, ordered.amount
    FROM ordered
    JOIN summed
        ON summed.agency = ordered.agency AND summed.period = ordered.period
        AND summed.row_position <= ordered.row_position - 4 AND summed.up_to = ordered.up_to - 2 * ordered.amount
    WHERE ordered.amount <> 0
),
final AS (
    SELECT
        agency || '/ledger/' || period || ': the amount of row ' || string_agg(CAST(source_row AS VARCHAR), ', ' ORDER BY source_row)
            || ' is that of the rows just above' AS subtotal_rows,
        '£' || CAST(sum(amount) AS VARCHAR) || ' may count twice' AS amount
    FROM subtotal
    GROUP BY agency, period
)
SELECT * FROM final ORDER BY subtotal_rows
