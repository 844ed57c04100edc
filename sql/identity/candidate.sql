-- Purpose: the odds of each explanation of what a client and a candidate share: one person, whose records are kept in one way or
-- another, or nobody in the register, but a twin of the candidate, a relative or a namesake in the house.
-- Grain: client × current CHI.
-- Inputs: weighed, client, verdict, person, whole_client_standard, register_standard, frequency_postcode, and what is known of other clients
-- (nothing yet, the first time): linked, those beyond doubt, and claimed; $population, $moved_along, $free_factor, $taken_factor.
-- Conserves: every candidate once.
WITH sought AS (
    SELECT candidate, sum(probability) AS clients FROM claimed GROUP BY candidate
),
move AS (
    -- From which home in the register to which home in the councils' books anybody moved.
    SELECT r.postcode AS register_home, c.postcode AS client_home, min(l.client) AS first_client, max(l.client) AS last_client
    FROM linked AS l
    JOIN person AS p ON p.chi_number = l.candidate
    JOIN register_standard AS r ON r.row_id = p.row_id
    JOIN whole_client_standard AS c ON c.row_id = l.client
    WHERE r.postcode <> c.postcode
    GROUP BY r.postcode, c.postcode
),
placed AS (
    SELECT w.*, c.claim,
        least(coalesce(t.clients - coalesce(own.probability, 0), 0), 1)::DOUBLE AS taken,
        -- Somebody else moved from this home to that one: the household moved.
        CASE
            WHEN m.first_client <> w.client OR m.last_client <> w.client
                THEN greatest(w.place_weight, round(log2($moved_along / f.tf_postcode), 6))
            ELSE w.place_weight
        END AS home_weight
    FROM weighed AS w
    JOIN client AS c ON c.row_id = w.client
    JOIN whole_client_standard AS s ON s.row_id = w.client
    LEFT JOIN move AS m ON m.register_home = w.register_home AND m.client_home = s.postcode
    LEFT JOIN frequency_postcode AS f ON f.postcode = w.register_home
    LEFT JOIN sought AS t ON t.candidate = w.candidate
    LEFT JOIN claimed AS own ON own.client = w.client AND own.candidate = w.candidate
),
odds AS (
    SELECT *,
        -- A person who has a client already is seldom another's too. Capped to what sums as a decimal; nobody doubts it by then.
        least(pow(2, weight_of_self + home_weight) / $population, 1e20) * (taken * $taken_factor + (1 - taken) * $free_factor) AS same
    FROM placed
),
final AS (
    SELECT
        w.client, w.candidate, w.register,
        same * pow(2, spotless_weight) AS spotless,
        same * pow(2, careful_weight) AS careful,
        same * pow(2, fair_weight) AS fair,
        same * pow(2, poor_weight) AS poor,
        same * pow(2, typed_weight) AS typed,
        -- A twin shares surname, birthday and home; a relative in the house shares surname and home, and may be a namesake.
        pow(2, surname_weight + date_of_birth_weight + home_weight) / $population AS twin,
        pow(2, surname_weight + home_weight) / $population AS relative,
        pow(2, forename_weight + surname_weight + home_weight) / $population AS namesake,
        -- However probable: a person decides.
        CASE
            WHEN v.verdict = 'another' THEN 'another'
            WHEN w.claim <> w.candidate AND NOT alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root) THEN 'twin'
            WHEN w.claim <> w.candidate THEN 'other_chi'
            WHEN l.birth_year <> r.birth_year AND left(l.birthday, 2) <> left(r.birthday, 2) AND right(l.birthday, 2) <> right(r.birthday, 2)
                AND l.any_birthday <> r.any_birthday THEN 'other_date'
            WHEN (l.forename IS NOT NULL AND r.forename IS NOT NULL)::INTEGER
                + (l.surname IS NOT NULL AND r.surname IS NOT NULL)::INTEGER
                + (l.date_of_birth IS NOT NULL AND r.date_of_birth IS NOT NULL)::INTEGER < 2 THEN 'too_little'
        END AS guard
    FROM odds AS w
    JOIN whole_client_standard AS l ON l.row_id = w.client
    JOIN register_standard AS r ON r.row_id = w.register
    JOIN verdict AS v ON v.row_id = w.client
)
SELECT * FROM final
