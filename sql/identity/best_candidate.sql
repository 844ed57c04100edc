-- Purpose: each client's candidate with the highest posterior. Grain: client with a candidate. Inputs: posterior.
-- Conserves: one row a client. Of two equal candidates the smaller CHI stands here; neither is probable enough to be linked.
WITH highest AS (
    SELECT client, max(probability) AS probability FROM posterior GROUP BY client
),
final AS (
    SELECT p.*
    FROM posterior AS p
    JOIN highest USING (client, probability)
    QUALIFY row_number() OVER (PARTITION BY p.client ORDER BY p.candidate) = 1
)
SELECT * FROM final
