-- Purpose: the keys under which two records may meet. Grain: row × key. Inputs: standard (people in standard form).
-- Conserves: nothing; a row without the parts of a key does not have that key. A broad key is followed only where few share it.
WITH sounded AS (
    SELECT
        *,
        least(forename_sound, surname_sound) || greatest(forename_sound, surname_sound) AS name_sounds,
        least(forename_letter, surname_letter) || greatest(forename_letter, surname_letter) AS name_letters,
        birth_year || any_birthday AS born
    FROM standard
),
narrow AS (
    SELECT row_id, false AS is_broad, unnest([
        -- Either letter, so that swapped names meet.
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
    ]) AS block_key
    FROM sounded
),
broad AS (
    SELECT row_id, true AS is_broad, unnest([
        'born ' || born,
        'name ' || name_sounds,
        'letters birthday ' || name_letters || any_birthday,
        'surname year ' || surname || birth_year,
        'forename year middle ' || forename || birth_year || middle_letter,
        'forename middle ' || forename || middle_letter || surname_letter,
        'surname middle ' || surname || middle_letter || sex
    ]) AS block_key
    FROM sounded
),
final AS (
    SELECT * FROM narrow
    UNION ALL
    SELECT * FROM broad
)
SELECT row_id, is_broad, hash(block_key) AS block_key FROM final WHERE block_key IS NOT NULL
