-- Purpose: the clients whose link is certain enough to learn moves of households from. Grain: client.
-- Inputs: client, deterministic_link, best_candidate; $link_from. Conserves: nothing; a client in doubt is not here.
WITH final AS (
    SELECT c.row_id AS client, c.claim AS candidate
    FROM client AS c
    JOIN deterministic_link AS d USING (row_id)
    WHERE d.outcome = 'chi'
    UNION ALL
    SELECT client, candidate FROM best_candidate WHERE probability >= $link_from AND guard IS NULL
)
SELECT * FROM final
