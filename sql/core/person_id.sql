-- Purpose: the public id of every person with a record.
-- Grain: person. Inputs: record_person, refresh.
-- Conserves: every person key once. A person key is `chi:<chi_number>` or `client:<agency>:<social_care_id>`. There are few enough CHI
-- numbers to try them all, so a plain or salted hash is reversed in minutes: only a secret key protects.
WITH person AS (
    SELECT DISTINCT person_key FROM core.record_person WHERE person_key IS NOT NULL
),
hashed AS (
    SELECT person.person_key, hmac_sha256(unhex(refresh.inner_pad), unhex(refresh.outer_pad), person.person_key) AS hash
    FROM person
    CROSS JOIN core.refresh
),
final AS (
    SELECT person_key, person_id_of(hash) AS person_id FROM hashed
)
SELECT * FROM final ORDER BY person_key
