-- Purpose: the clients for whom candidate pairs are made. Grain: client. Inputs: client, deterministic_link, stand_in.
-- Conserves: nothing; a client whose CHI decides is not searched for, nor one for whom another stands in. One whose id was reused
-- is, and one whose CHI nothing supports, so that a reviewer sees whom.
WITH final AS (
    SELECT c.*
    FROM client AS c
    JOIN deterministic_link AS d USING (row_id)
    ANTI JOIN stand_in AS s ON s.client = c.row_id
    WHERE d.outcome IN ('search', 'reused_id', 'chi_disagrees')
)
SELECT * FROM final
