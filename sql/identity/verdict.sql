-- Purpose: what the CHI alone says of each client. Grain: client. Inputs: client, client_standard, person, register_standard.
-- Conserves: every client once. Nothing to compare is no disagreement.
WITH compared AS (
    SELECT
        c.row_id, c.claims, c.claim,
        p.current_chi_number IS NOT NULL AS in_register,
        l.date_of_birth = r.date_of_birth
            OR (l.birth_year = r.birth_year AND l.any_birthday = r.any_birthday) AS date_agrees,
        CASE
            WHEN coalesce(l.forename, l.surname) IS NULL OR coalesce(r.forename, r.surname) IS NULL THEN NULL
            WHEN coalesce(l.forename, r.surname) IS NULL OR coalesce(l.surname, r.forename) IS NULL THEN NULL
            ELSE (coalesce(alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root), true)
                    AND coalesce(alike(l.surname, r.surname) OR list_has_any(l.surname_part, r.surname_part), true))
                OR coalesce(alike(l.forename, r.surname) AND alike(l.surname, r.forename), false)
        END AS name_agrees
    FROM client AS c
    JOIN client_standard AS l USING (row_id)
    LEFT JOIN person AS p ON p.current_chi_number = c.claim AND p.is_current
    LEFT JOIN register_standard AS r ON r.row_id = p.row_id
),
final AS (
    SELECT row_id,
        CASE
            WHEN claims > 1 THEN 'several'
            WHEN NOT in_register THEN 'search'
            WHEN coalesce(date_agrees, false) OR coalesce(name_agrees, false) THEN 'chi'
            WHEN date_agrees IS NULL AND name_agrees IS NULL THEN 'chi'
            ELSE 'disagrees'
        END AS verdict
    FROM compared
)
SELECT * FROM final
