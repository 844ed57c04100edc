-- Purpose: how likely each explanation makes what a client and a candidate share, relative to the explanation `nobody`.
-- Grain: client × current CHI.
-- Explanations: they are one person, recorded in one of six ways (spotless, careful, fair, poor, typed, or as this month's records
-- are), or the client is not in the register but is a twin, a relative or a namesake of the candidate in the same home.
-- Inputs: match_weight, client_standard, register_person, register_standard, frequency_postcode, and of the round before (none in
-- the first) certain_link and expected_link; $population, $household_move_probability, $free_factor, $taken_factor, and the bits of
-- each level of a comparison for this month's records ($forename_bits and so on: nothing to compare first, then the worst level).
-- Conserves: every candidate once.
WITH expected_clients AS (
    SELECT candidate, sum(probability) AS clients FROM expected_link GROUP BY candidate
),
move AS (
    -- The moves of certain links: from a home in the register to a home in a council's list.
    SELECT r.postcode AS register_home, c.postcode AS client_home, min(l.client) AS first_client, max(l.client) AS last_client
    FROM certain_link AS l
    JOIN register_person AS p ON p.chi_number = l.candidate
    JOIN register_standard AS r ON r.row_id = p.row_id
    JOIN client_standard AS c ON c.row_id = l.client
    WHERE r.postcode <> c.postcode
    GROUP BY r.postcode, c.postcode
),
placed AS (
    SELECT
        w.*,
        -- How probably another client already is this candidate.
        least(coalesce(t.clients - coalesce(own.probability, 0), 0), 1)::DOUBLE AS taken,
        -- Where another client made the same move, the household is likely to have moved together.
        CASE
            WHEN m.first_client <> w.client OR m.last_client <> w.client
                THEN greatest(w.place_weight, round(log2($household_move_probability / f.tf_postcode), 6))
            ELSE w.place_weight
        END AS home_weight
    FROM match_weight AS w
    JOIN client_standard AS s ON s.row_id = w.client
    LEFT JOIN move AS m ON m.register_home = w.register_home AND m.client_home = s.postcode
    LEFT JOIN frequency_postcode AS f ON f.postcode = w.register_home
    LEFT JOIN expected_clients AS t ON t.candidate = w.candidate
    LEFT JOIN expected_link AS own ON own.client = w.client AND own.candidate = w.candidate
),
matched AS (
    SELECT
        *,
        -- A person who is one client already is seldom another. The cap keeps the decimal sum in range, far beyond any doubt.
        least(pow(2, weight_without_home + home_weight) / $population, 1e20)
            * (taken * $taken_factor + (1 - taken) * $free_factor) AS same
    FROM placed
),
final AS (
    SELECT
        client, candidate, register,
        same * pow(2, spotless_weight) AS spotless,
        same * pow(2, careful_weight) AS careful,
        same * pow(2, fair_weight) AS fair,
        same * pow(2, poor_weight) AS poor,
        same * pow(2, typed_weight) AS typed,
        same * pow(2, round(
            $forename_bits[forename_level + 2] + $middle_name_bits[middle_name_level + 2] + $surname_bits[surname_level + 2]
                + $date_of_birth_bits[date_of_birth_level + 2] + $sex_bits[sex_level + 2] + $place_bits[place_level + 2], 6
        )) AS month,
        -- A twin shares surname, date of birth and home; a relative surname and home; a namesake both names and home.
        pow(2, surname_weight + date_of_birth_weight + home_weight) / $population AS twin,
        pow(2, surname_weight + home_weight) / $population AS relative,
        pow(2, forename_weight + surname_weight + home_weight) / $population AS namesake
    FROM matched
)
SELECT * FROM final
