-- Purpose: the person of the release that each participant is. Grain: row of the file of people.
-- Inputs: given (the file's rows), link_history; $inner_pad, $outer_pad of the pseudonym key, $period of the release.
-- Conserves: every row once; person_id is NULL where neither number is of anybody in the release.
WITH client AS (
    SELECT agency, social_care_id, arg_max(person_id, valid_from) AS person_id
    FROM link_history
    WHERE valid_from <= $period
    GROUP BY ALL
),
numbered AS (
    SELECT
        given.*,
        CASE WHEN given.chi_number IS NOT NULL
            THEN person_id_of(hmac_sha256(unhex($inner_pad), unhex($outer_pad), 'chi:' || given.chi_number))
        END AS by_chi
    FROM given
),
final AS (
    SELECT numbered.number, numbered.started_on, coalesce(by_chi.person_id, client.person_id) AS person_id
    FROM numbered
    LEFT JOIN release.person AS by_chi ON by_chi.person_id = numbered.by_chi
    LEFT JOIN client ON client.agency = numbered.agency AND client.social_care_id = numbered.social_care_id
)
SELECT * FROM final ORDER BY number
