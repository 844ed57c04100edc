-- Purpose: the candidate pairs: a client and a person of the register who share a blocking key. Grain: client × register row.
-- Inputs: register_key, client_key; $max_sharing, $max_sharing_broad.
-- Conserves: nothing; a key that too many people of the register share makes no pair. keys: how many they share.
WITH selective AS (
    -- Most keys of a large register are no client's.
    SELECT blocking_key
    FROM register_key
    SEMI JOIN client_key USING (blocking_key)
    GROUP BY blocking_key, is_broad
    HAVING count(*) <= CASE WHEN is_broad THEN $max_sharing_broad ELSE $max_sharing END
),
final AS (
    SELECT r.row_id AS register, c.row_id AS client, count(*) AS keys
    FROM register_key AS r
    SEMI JOIN selective USING (blocking_key)
    JOIN client_key AS c USING (blocking_key)
    GROUP BY r.row_id, c.row_id
)
SELECT * FROM final
