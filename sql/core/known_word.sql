-- Purpose: the words that tell who somebody is, as texts are searched for them. Grain: kind × agency × word × forename.
-- Inputs: register and clients (accepted and quarantined), deaths, record, cost_code_map, agencies, services, localities.
-- Conserves: every CHI number, home's postcode, client number (five characters and more) and name that any file in use has, once;
-- but for numbers that finance has declared as codes, and for "names" of which both words are our own ("Angus", "Home").
WITH known AS (
    SELECT '' AS agency, NULL AS social_care_id, chi_number, previous_chi_number, forename, surname, postcode FROM staged.population_register
    UNION ALL
    SELECT '', NULL, chi_number, previous_chi_number, forename, surname, postcode FROM quarantine.population_register
    UNION ALL
    SELECT agency, social_care_id, chi_number, NULL, forename, surname, postcode FROM staged.clients
    UNION ALL
    SELECT agency, social_care_id, chi_number, NULL, forename, surname, postcode FROM quarantine.clients
    UNION ALL
    SELECT '', NULL, chi_number, NULL, NULL, NULL, NULL FROM staged.deaths
    UNION ALL
    SELECT agency, social_care_id, chi_number, NULL, NULL, NULL, postcode FROM core.record
),
folded_name AS (
    SELECT
        folded(surname) AS surname, folded(forename) AS forename, folded(split_part(trimmed(forename), ' ', 1)) AS first_forename
    FROM (SELECT DISTINCT forename, surname FROM known)
    WHERE surname IS NOT NULL AND forename IS NOT NULL
),
name AS (
    SELECT DISTINCT surname, unnest([forename, first_forename]) AS forename FROM folded_name
),
own_text AS (
    SELECT concat_ws(' ', agency, name) AS text FROM reference.agencies
    UNION ALL SELECT concat_ws(' ', service, name) FROM reference.services
    UNION ALL SELECT DISTINCT "SubHSCPName" FROM reference.localities
    UNION ALL SELECT 'January February March April May June July August September October November December'
),
own_part AS (
    SELECT unnest(regexp_extract_all(text, '\pL+')) AS part FROM own_text
),
own_word AS (
    SELECT DISTINCT folded(part) AS word FROM own_part
),
code AS (
    SELECT DISTINCT agency, folded(cost_code) AS word FROM reference.cost_code_map
),
client AS (
    SELECT DISTINCT agency, folded(social_care_id) AS word
    FROM (SELECT DISTINCT agency, social_care_id FROM known)
    WHERE length(trimmed(social_care_id)) >= 5
),
home_postcode AS (
    -- Folding takes longer than finding what is different: most records say a postcode again.
    SELECT DISTINCT folded(postcode) AS word FROM (SELECT DISTINCT postcode FROM known)
),
word AS (
    SELECT 'chi' AS kind, '' AS agency, chi_number AS word, '' AS forename FROM known
    UNION
    SELECT 'chi', '', previous_chi_number, '' FROM known
    UNION
    SELECT 'postcode', '', word, '' FROM home_postcode
    UNION
    SELECT 'client', agency, word, '' FROM client ANTI JOIN code USING (agency, word)
    UNION
    SELECT 'name', '', surname, forename
    FROM name
    WHERE forename <> '' AND NOT (surname IN (SELECT word FROM own_word) AND forename IN (SELECT word FROM own_word))
),
final AS (
    SELECT * FROM word WHERE word <> ''
)
SELECT * FROM final ORDER BY kind, agency, word, forename
