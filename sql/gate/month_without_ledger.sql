-- Purpose: months in which an agency has activity and no ledger row at all. Grain: agency × month. Holds when empty.
WITH activity AS (
    SELECT DISTINCT agency, month FROM core.record_cost WHERE in_window
),
accounts AS (
    SELECT DISTINCT agency, month FROM core.ledger_line
),
final AS (
    SELECT agency, strftime(month, '%Y-%m') AS month FROM activity ANTI JOIN accounts USING (agency, month)
)
SELECT * FROM final ORDER BY ALL
