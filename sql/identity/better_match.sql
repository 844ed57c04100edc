-- Purpose: the people of the register who match a client's record better than the person whose CHI the client claims.
-- Grain: client × current CHI. Inputs: chi_agreement, client_standard, register_person, register_standard. Conserves: nothing.
-- A person who agrees on forename, surname and date of birth is the better match where the claimed one does not agree on all
-- three, unless sex and postcode agree better for the claimed one. So is one whose forename is the same to the letter, where the claimed one's
-- is only like it (twins of like names), and one whose date is near, where the claimed one's is not: a
-- parent's number on a child of the same name, whose own date has a slip.
WITH doubtful AS (
    SELECT
        c.row_id, c.claim, c.more_agree, c.date_is_near, l.date_of_birth, l.birth_year, l.birthday,
        coalesce(c.name_agrees, TRUE) AND coalesce(c.date_agrees, TRUE) AS is_only_like
    FROM chi_agreement AS c
    JOIN client_standard AS l USING (row_id)
    WHERE
        c.in_register AND c.is_supported
        AND (NOT (coalesce(c.name_agrees, TRUE) AND coalesce(c.date_agrees, TRUE)) OR c.is_forename_other)
),
like_date AS (
    SELECT d.row_id, r.row_id AS register
    FROM doubtful AS d
    JOIN register_standard AS r ON r.date_of_birth = d.date_of_birth
    UNION
    SELECT d.row_id, r.row_id AS register
    FROM doubtful AS d
    JOIN register_standard AS r ON r.birth_year = d.birth_year AND alike_dates(r.date_of_birth, d.date_of_birth)
    WHERE NOT d.date_is_near
    UNION
    SELECT d.row_id, r.row_id AS register
    FROM doubtful AS d
    JOIN register_standard AS r ON r.birthday = d.birthday
    WHERE NOT d.date_is_near
),
named_alike AS MATERIALIZED (
    -- Apart from the next step: with both in one, the planner of DuckDB compared everybody's CHI with every claim at twice Tayside's size.
    SELECT d.row_id, d.claim, r.row_id AS register
    FROM like_date AS n
    JOIN doubtful AS d USING (row_id)
    JOIN client_standard AS l USING (row_id)
    JOIN register_standard AS r
        ON r.row_id = n.register
        AND alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root)
        AND alike(l.surname, r.surname)
    WHERE
        coalesce((l.sex = r.sex)::INTEGER, 0) + coalesce((l.postcode = r.postcode)::INTEGER, 0) >= d.more_agree
        AND (NOT d.is_only_like OR (l.forename = r.forename AND l.surname = r.surname))
),
final AS (
    SELECT DISTINCT n.row_id, p.current_chi_number AS candidate
    FROM named_alike AS n
    JOIN register_person AS p ON p.row_id = n.register
    WHERE p.current_chi_number <> n.claim
)
SELECT * FROM final
