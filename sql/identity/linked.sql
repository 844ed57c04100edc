-- Purpose: the clients whose link is beyond doubt, by CHI or by the scores. Grain: client.
-- Inputs: client, verdict, outcome; $link_from. Conserves: nothing; a client in doubt is not here.
WITH final AS (
    SELECT row_id AS client, claim AS candidate FROM client JOIN verdict USING (row_id) WHERE verdict = 'chi'
    UNION ALL
    SELECT client, candidate FROM outcome WHERE probability >= $link_from AND guard IS NULL
)
SELECT * FROM final
