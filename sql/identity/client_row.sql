-- Purpose: each council's latest snapshot of clients (it replaces those before it whole), each with the birth that is taken for theirs.
-- Grain: row of a clients file. Inputs: staged.clients, core.client_birth. Conserves: every row of the latest snapshots.
WITH latest AS (
    SELECT agency, max(period) AS period FROM staged.clients GROUP BY agency
),
final AS (
    SELECT clients.* EXCLUDE (date_of_birth), client_birth.date_of_birth
    FROM staged.clients
    SEMI JOIN latest USING (agency, period)
    JOIN core.client_birth USING (agency, social_care_id, period)
)
SELECT * FROM final
