-- Purpose: what the CHI alone says of each client. Grain: client. Inputs: compared, another, rival.
-- Conserves: every client once.
WITH final AS (
    SELECT row_id,
        CASE
            WHEN claims > 1 THEN 'several'
            WHEN row_id IN (SELECT client FROM another) THEN 'another'
            WHEN NOT in_register THEN 'search'
            WHEN NOT is_supported THEN 'disagrees'
            WHEN row_id IN (SELECT row_id FROM rival) THEN 'rival'
            ELSE 'chi'
        END AS verdict
    FROM compared
)
SELECT * FROM final
