-- Purpose: every text that an agency wrote and a release would show. Grain: agency × text.
-- Inputs: ledgers, budgets, cost_code_map, record. Conserves: each such text once. A code that finance has mapped is declared, not outside.
WITH mapped AS (
    SELECT DISTINCT agency, cost_code FROM reference.cost_code_map
),
written AS (
    SELECT agency, account_name AS text FROM staged.ledger
    UNION ALL
    SELECT agency, cost_code FROM staged.ledger ANTI JOIN mapped USING (agency, cost_code)
    UNION ALL
    SELECT agency, cost_code FROM staged.budget ANTI JOIN mapped USING (agency, cost_code)
    UNION ALL
    SELECT agency, council FROM staged.budget
    UNION ALL
    SELECT agency, locality FROM staged.budget
    UNION ALL
    SELECT agency, specialty_code FROM core.record
    UNION ALL
    SELECT agency, location_code FROM core.record
),
final AS (
    SELECT DISTINCT agency, text FROM written WHERE text IS NOT NULL
)
SELECT * FROM final ORDER BY agency, text
