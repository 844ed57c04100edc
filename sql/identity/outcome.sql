-- Purpose: each client's most probable candidate. Grain: client with a candidate. Inputs: scored.
-- Conserves: one row a client; of two equally probable the smaller CHI stands, and both are too improbable to link.
WITH final AS (
    SELECT * FROM scored
    QUALIFY row_number() OVER (PARTITION BY client ORDER BY probability DESC, candidate) = 1
)
SELECT * FROM final
