-- Purpose: the match weight of each comparison, for each client and candidate. Grain: client × current CHI.
-- Inputs: plausible_pair, register_person, register_standard, client_standard; $housemates_date_bits, $lift_bits.
-- Conserves: every candidate of a plausible pair once. A person who is also in the register under a superseded number is one
-- candidate: the row with the highest match weight speaks for that person.
WITH adjusted AS (
    SELECT
        pair.* EXCLUDE (date_of_birth_weight, forename_weight),
        p.current_chi_number AS candidate,
        r.postcode AS register_home,
        -- Clerks mix up the dates of birth of people in one home: a date that agrees with a housemate's counts for part of that.
        CASE
            WHEN date_of_birth_weight < 0 AND r.postcode IS NOT NULL THEN greatest(
                date_of_birth_weight,
                max(date_of_birth_weight) OVER (PARTITION BY pair.client, r.postcode) - $housemates_date_bits
            )
            ELSE date_of_birth_weight
        END AS date_of_birth_weight,
        -- Two people of one sex and generation share a forename more often than any two people do.
        CASE
            WHEN forename_weight > 0 AND r.generation = c.generation THEN greatest(forename_weight - $lift_bits, 0)
            ELSE forename_weight
        END AS forename_weight
    FROM plausible_pair AS pair
    JOIN register_person AS p ON p.row_id = pair.register
    JOIN register_standard AS r ON r.row_id = pair.register
    JOIN client_standard AS c ON c.row_id = pair.client
),
final AS (
    SELECT
        *,
        forename_weight + middle_name_weight + surname_weight + date_of_birth_weight + sex_weight AS weight_without_home
    FROM adjusted
    QUALIFY row_number() OVER (
        PARTITION BY client, candidate ORDER BY round(weight_without_home + place_weight, 6) DESC, register
    ) = 1
)
SELECT * FROM final
