-- Purpose: how much speaks for each candidate of each client, and for each way to be nobody in the register but look alike.
-- Grain: client × current CHI.
-- Inputs: weighed, client, person, whole_client_standard, register_standard, frequency_postcode, and linked, the clients beyond
-- doubt (none yet, the first time); $population, $twins, $relatives, $namesakes, $careful, $moved_along, $free_factor, $taken_factor.
-- Conserves: every candidate once.
WITH taken AS (
    SELECT candidate, count(*) AS clients FROM linked GROUP BY candidate
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
        coalesce(t.clients, 0) > (own.client IS NOT NULL)::INTEGER AS is_taken,
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
    LEFT JOIN taken AS t ON t.candidate = w.candidate
    LEFT JOIN linked AS own ON own.client = w.client AND own.candidate = w.candidate
),
final AS (
    SELECT
        w.client, w.candidate, w.register,
        -- A person who has a client already is seldom another's too.
        pow(2, weight_of_self + home_weight) * ($careful * pow(2, care_weight) + 1 - $careful) / $population *
             CASE WHEN is_taken THEN $taken_factor ELSE $free_factor END AS match_odds,
        -- A twin shares surname, birthday and home; a relative in the house shares surname and home, and may be a namesake.
        (
            $twins * pow(2, surname_weight + date_of_birth_weight + home_weight)
            + $relatives * pow(2, surname_weight + home_weight)
            + $namesakes * pow(2, forename_weight + surname_weight + home_weight)
        )
            / $population AS other_odds,
        w.claim IS NOT NULL AND w.claim <> w.candidate
            AND coalesce(NOT alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root), false) AS guarded
    FROM placed AS w
    JOIN whole_client_standard AS l ON l.row_id = w.client
    JOIN register_standard AS r ON r.row_id = w.register
)
SELECT * FROM final
