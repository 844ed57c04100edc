-- Purpose: the candidate pairs: a client and a person of the register who share a blocking key. Grain: client × register row.
-- Inputs: register_key, client_key; $max_sharing, $max_sharing_broad.
-- Conserves: nothing; a key that too many people of the register share makes no pair. keys: how many they share.
WITH selective AS (
    SELECT row_id, blocking_key
    FROM register_key
    QUALIFY count(*) OVER (PARTITION BY blocking_key) <= CASE WHEN is_broad THEN $max_sharing_broad ELSE $max_sharing END
),
final AS (
    SELECT r.row_id AS register, c.row_id AS client, count(*) AS keys
    FROM selective AS r
    JOIN client_key AS c USING (blocking_key)
    GROUP BY r.row_id, c.row_id
)
SELECT * FROM final
