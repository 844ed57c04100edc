-- Purpose: the weight of each comparison, for each client and person it may be. Grain: client × current CHI.
-- Inputs: pair, person, register_standard, whole_client_standard; $housemates_date_bits, $closeness_bits.
-- Conserves: a person with a superseded number in the register too is one candidate: the row that fits best speaks for it.
WITH dated AS (
    SELECT pair.* EXCLUDE (date_of_birth_weight, forename_weight), p.current_chi_number AS candidate, r.postcode AS register_home,
        -- A date of birth that is somebody else's in the same home is a known slip: husband's for wife's.
        CASE
            WHEN date_of_birth_weight < 0 AND r.postcode IS NOT NULL THEN greatest(
                date_of_birth_weight,
                max(date_of_birth_weight) OVER (PARTITION BY pair.client, r.postcode) - $housemates_date_bits
            )
            ELSE date_of_birth_weight
        END AS date_of_birth_weight,
        -- Two people of one sex and generation share a forename more often than any two.
        CASE
            WHEN forename_weight > 0 AND r.generation = c.generation THEN greatest(forename_weight - $closeness_bits, 0)
            ELSE forename_weight
        END AS forename_weight
    FROM pair
    JOIN person AS p ON p.row_id = pair.register
    JOIN register_standard AS r ON r.row_id = pair.register
    JOIN whole_client_standard AS c ON c.row_id = pair.client
),
final AS (
    SELECT *,
        forename_weight + middle_name_weight + surname_weight + date_of_birth_weight + sex_weight AS weight_of_self
    FROM dated
    QUALIFY row_number() OVER (
        PARTITION BY client, candidate ORDER BY round(weight_of_self + place_weight, 6) DESC, register
    ) = 1
)
SELECT * FROM final
