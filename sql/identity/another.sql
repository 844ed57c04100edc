-- Purpose: the clients whose number has meant another person. Grain: client. Inputs: said, said_standard, client_standard.
-- Conserves: nothing. A new surname, another spelling and a slip in the date are one person's; a date with fewer than two parts in
-- common (or one as good as unknown) beside another name is not.
WITH compared AS (
    SELECT
        s.client,
        NOT (alike_forenames(l.forename, l.forename_root, e.forename, e.forename_root) OR coalesce(alike(l.forename, e.surname), false)) AS is_other_forename,
        NOT (alike(l.surname, e.surname) OR list_has_any(l.surname_part, e.surname_part) OR coalesce(alike(l.surname, e.forename), false)) AS is_other_surname,
        (l.birth_year = e.birth_year)::INTEGER + (left(l.birthday, 2) = left(e.birthday, 2))::INTEGER
            + (right(l.birthday, 2) = right(e.birthday, 2))::INTEGER < 2
            AND NOT (l.birth_year = e.birth_year AND l.any_birthday = e.any_birthday) AS is_other_date,
        l.sex <> e.sex AS is_other_sex
    FROM said AS s
    JOIN said_standard AS e USING (row_id)
    JOIN client_standard AS l ON l.row_id = s.client
),
final AS (
    SELECT DISTINCT client FROM compared
    WHERE (is_other_date AND (is_other_forename OR is_other_surname))
        OR (is_other_date AND is_other_sex AND is_other_forename IS NULL AND is_other_surname IS NULL)
        OR (is_other_forename AND is_other_surname AND (is_other_date IS NULL OR is_other_sex))
)
SELECT * FROM final
