-- Purpose: the pairs of client and person of the register that share a key. Grain: client × register row.
-- Inputs: register_key, client_key; $most_alike, $most_alike_broad.
-- Conserves: nothing; a key that many people of the register share is not followed.
WITH telling AS (
    SELECT row_id, block_key FROM register_key
    QUALIFY count(*) OVER (PARTITION BY block_key) <= CASE WHEN is_broad THEN $most_alike_broad ELSE $most_alike END
),
final AS (
    SELECT DISTINCT r.row_id AS register, c.row_id AS client
    FROM telling AS r
    JOIN client_key AS c USING (block_key)
)
SELECT * FROM final
