-- Purpose: the blocking keys of each record; two records that share one become a candidate pair. Grain: row × key.
-- Inputs: standard (people in standard form). Conserves: nothing; a row that lacks a part of a key does not have that key.
-- A broad key is followed only where few people of the register share it (blocked_pair).
WITH sounded AS (
    SELECT
        *,
        least(forename_sound, surname_sound) || greatest(forename_sound, surname_sound) AS name_sounds,
        least(forename_letter, surname_letter) || greatest(forename_letter, surname_letter) AS name_letters,
        birth_year || any_birthday AS born
    FROM standard
),
narrow AS (
    SELECT row_id, FALSE AS is_broad, unnest([
        -- The first letter of either name, so that a record with swapped names shares a key too.
        'born letter ' || born || forename_letter,
        CASE WHEN surname_letter IS DISTINCT FROM forename_letter THEN 'born letter ' || born || surname_letter END,
        'born place ' || born || postcode,
        'born sector ' || born || postcode_sector,
        'born middle ' || born || middle_letter,
        'name year ' || name_sounds || birth_year,
        'name birthday ' || name_sounds || any_birthday,
        'name place ' || name_sounds || postcode_sector,
        'letters month ' || name_letters || left(date_of_birth, 7),
        'surname place ' || surname_sound || postcode,
        'forename place ' || forename_sound || postcode,
        'place year ' || postcode || birth_year,
        'address start ' || address_start,
        'address end ' || address_end
    ]) AS blocking_key
    FROM sounded
),
broad AS (
    SELECT row_id, TRUE AS is_broad, unnest([
        'born ' || born,
        'name ' || name_sounds,
        'letters birthday ' || name_letters || any_birthday,
        'surname year ' || surname || birth_year,
        'forename year middle ' || forename || birth_year || middle_letter,
        'forename middle ' || forename || middle_letter || surname_letter,
        'surname middle ' || surname || middle_letter || sex
    ]) AS blocking_key
    FROM sounded
),
every_key AS (
    SELECT * FROM narrow
    UNION ALL
    SELECT * FROM broad
),
final AS (
    SELECT row_id, is_broad, hash(blocking_key) AS blocking_key FROM every_key WHERE blocking_key IS NOT NULL
)
SELECT * FROM final
