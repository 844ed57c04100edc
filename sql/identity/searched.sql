-- Purpose: the clients for whom candidate pairs are made. Grain: client. Inputs: client, deterministic_link, stand_in.
-- Conserves: nothing; a client whose CHI decides is not searched for, nor one for whom another stands in.
-- is_for_review: the id was reused, or nothing supports the CHI. Such a client is in review whatever is found, and is searched for so that a
-- reviewer sees whom it may be; it tells nothing of other clients.
WITH final AS (
    SELECT c.*, d.outcome <> 'search' AS is_for_review
    FROM client AS c
    JOIN deterministic_link AS d USING (row_id)
    ANTI JOIN stand_in AS s ON s.client = c.row_id
    WHERE d.outcome IN ('search', 'reused_id', 'chi_disagrees')
)
SELECT * FROM final
