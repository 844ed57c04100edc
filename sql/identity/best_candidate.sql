-- Purpose: each client's candidate with the highest posterior. Grain: client with a candidate. Inputs: posterior.
-- Conserves: one row a client. Of two equal candidates the smaller CHI stands here; neither is probable enough to be linked.
WITH final AS (
    SELECT *
    FROM posterior
    QUALIFY row_number() OVER (PARTITION BY client ORDER BY probability DESC, candidate) = 1
)
SELECT * FROM final
