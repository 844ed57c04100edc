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
name AS (
    SELECT DISTINCT
        folded(surname) AS surname, unnest([folded(forename), folded(split_part(trim(forename), ' ', 1))]) AS forename
    FROM (SELECT DISTINCT forename, surname FROM known)
    WHERE surname IS NOT NULL AND forename IS NOT NULL
),
own_text AS (
    SELECT concat_ws(' ', agency, name) AS text FROM reference.agencies
    UNION ALL SELECT concat_ws(' ', service, name) FROM reference.services
    UNION ALL SELECT DISTINCT "SubHSCPName" FROM reference.localities
    UNION ALL SELECT 'January February March April May June July August September October November December'
),
own_word AS (
    SELECT DISTINCT folded(unnest(regexp_extract_all(text, '\pL+'))) AS word FROM own_text
),
code AS (
    SELECT DISTINCT agency, folded(cost_code) AS word FROM reference.cost_code_map
),
client AS (
    SELECT DISTINCT agency, folded(social_care_id) AS word FROM known WHERE length(trim(social_care_id)) >= 5
),
word AS (
    SELECT 'chi' AS kind, '' AS agency, chi_number AS word, '' AS forename FROM known
    UNION
    SELECT 'chi', '', previous_chi_number, '' FROM known
    UNION
    SELECT 'postcode', '', folded(postcode), '' FROM known
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
