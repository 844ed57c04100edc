-- Purpose: the pairs that may count: as a match, or as a relative in the house. Grain: client × register row.
-- Inputs: every_pair, register_standard; $negligible_bits, $negligible_relative_bits. Conserves: nothing; a pair far from even odds is left out.
WITH weighed AS (
    SELECT *,
        forename_weight + middle_name_weight + surname_weight + date_of_birth_weight + sex_weight + place_weight AS weight,
        log2((SELECT count(*) FROM register_standard)) AS even_weight
    FROM every_pair
),
final AS (
    SELECT * EXCLUDE (weight, even_weight) FROM weighed
    WHERE weight >= even_weight - $negligible_bits OR surname_weight + place_weight >= even_weight - $negligible_relative_bits
)
SELECT * FROM final
