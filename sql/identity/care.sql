-- Purpose: how the plainest candidate of each client agrees, as a record kept with care and as a careless one.
-- Grain: client whose best candidate is plain. Inputs: weighed; $plain_weight. Conserves: nothing.
WITH best AS (
    SELECT client, care_weight, weight_of_self + place_weight AS weight FROM weighed
    QUALIFY row_number() OVER (PARTITION BY client ORDER BY weight DESC, candidate) = 1
),
final AS (
    SELECT client, pow(2, care_weight) AS careful_odds, CAST(1 AS DOUBLE) AS careless_odds FROM best WHERE weight >= $plain_weight
)
SELECT careful_odds, careless_odds FROM final
