-- Purpose: people in the standard form that the linkage compares. Grain: row of `people_given` (row_id). Inputs: people_given, nickname.
-- Conserves: every row once. Each distinct text is standardised once, as a register has far fewer names than people.
WITH forename_word AS (
    SELECT DISTINCT forename, forename_words(forename) AS words FROM people_given
),
forename_form AS (
    SELECT
        w.forename, first_word(w.words) AS first_forename, replace(w.words, ' ', '') AS all_forenames,
        replace(other_words(w.words), ' ', '') AS other_forenames, sound(first_word(w.words)) AS forename_sound,
        coalesce(k.root, [first_word(w.words)]) AS forename_root
    FROM forename_word AS w
    LEFT JOIN nickname AS k ON k.name = first_word(w.words)
),
middle_form AS (
    SELECT middle_name, replace(known_name(bare_name(middle_name)), ' ', '') AS middle
    FROM (SELECT DISTINCT middle_name FROM people_given)
),
surname_form AS (
    SELECT surname, joined, parts, sound(joined) AS surname_sound, left(joined, 1) AS surname_letter
    FROM (
        SELECT surname, surname_joined(surname) AS joined, surname_parts(surname) AS parts
        FROM (SELECT DISTINCT surname FROM people_given)
    )
),
birth_form AS (
    SELECT date_of_birth, born, left(born, 4) AS birth_year, right(born, 5) AS birthday, unordered_birthday(born) AS any_birthday
    FROM (SELECT date_of_birth, birth_text(date_of_birth) AS born FROM (SELECT DISTINCT date_of_birth FROM people_given))
),
sex_form AS (
    SELECT sex, sex_code(sex) AS code FROM (SELECT DISTINCT sex FROM people_given)
),
postcode_form AS (
    SELECT postcode, code, CASE WHEN british_postcode(code) IS NOT NULL THEN left(code, -2) END AS postcode_sector
    FROM (SELECT postcode, postcode_text(postcode) AS code FROM (SELECT DISTINCT postcode FROM people_given))
),
address_form AS (
    SELECT address, words,
        nullif(array_to_string(list_sort(words)[1:3], ' '), '') AS address_start,
        nullif(array_to_string(list_reverse_sort(words)[1:3], ' '), '') AS address_end
    FROM (SELECT address, address_words(address) AS words FROM (SELECT DISTINCT address FROM people_given))
),
final AS (
    SELECT
        g.row_id,
        f.first_forename AS forename, f.all_forenames AS forename_all, f.forename_root, f.forename_sound, left(f.first_forename, 1) AS forename_letter,
        coalesce(m.middle, f.other_forenames) AS middle_name, left(coalesce(m.middle, f.other_forenames), 1) AS middle_letter,
        s.joined AS surname, s.parts AS surname_part, s.surname_sound, s.surname_letter,
        b.born AS date_of_birth, b.birth_year, b.birthday, b.any_birthday,
        x.code AS sex,
        -- Which forenames are common depends on sex and generation.
        coalesce(x.code, '') || coalesce((TRY_CAST(b.birth_year AS INTEGER) // 20)::VARCHAR, '') AS generation,
        p.code AS postcode, p.postcode_sector,
        a.words AS address_word, a.address_start, a.address_end
    FROM people_given AS g
    LEFT JOIN forename_form AS f ON f.forename = g.forename
    LEFT JOIN middle_form AS m ON m.middle_name = g.middle_name
    LEFT JOIN surname_form AS s ON s.surname = g.surname
    LEFT JOIN birth_form AS b ON b.date_of_birth = g.date_of_birth
    LEFT JOIN sex_form AS x ON x.sex = g.sex
    LEFT JOIN postcode_form AS p ON p.postcode = g.postcode
    LEFT JOIN address_form AS a ON a.address = g.address
)
SELECT * FROM final
