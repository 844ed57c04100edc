-- Purpose: the scored pairs that can matter to a posterior, as the person sought or as a relative in the same home.
-- Grain: client × register row. Inputs: scored_pair, register_standard; $negligible_bits, $negligible_relative_bits.
-- Conserves: nothing; a pair whose match weight is far below even odds is left out.
WITH weighted AS (
    SELECT
        *,
        forename_weight + middle_name_weight + surname_weight + date_of_birth_weight + sex_weight + place_weight AS match_weight,
        log2((SELECT count(*) FROM register_standard)) AS even_weight
    FROM scored_pair
),
final AS (
    SELECT * EXCLUDE (match_weight, even_weight)
    FROM weighted
    WHERE match_weight >= even_weight - $negligible_bits
        OR surname_weight + place_weight >= even_weight - $negligible_relative_bits
)
SELECT * FROM final
