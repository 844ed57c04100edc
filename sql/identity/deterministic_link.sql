-- Purpose: the deterministic linkage: what the CHI number alone decides of each client. Grain: client.
-- Inputs: chi_agreement, reused_id, better_match. Conserves: every client once.
-- outcome: `chi` is a link, `search` leaves the client to the probabilistic linkage, anything else is a reason for review.
WITH final AS (
    SELECT
        row_id,
        CASE
            WHEN claims > 1 THEN 'several_chis'
            WHEN row_id IN (SELECT client FROM reused_id) THEN 'reused_id'
            WHEN NOT in_register THEN 'search'
            WHEN NOT is_supported THEN 'chi_disagrees'
            WHEN row_id IN (SELECT row_id FROM better_match) THEN 'better_match'
            ELSE 'chi'
        END AS outcome
    FROM chi_agreement
)
SELECT * FROM final
