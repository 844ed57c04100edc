-- Purpose: the people of the register who match a client's record better than the person whose CHI the client claims.
-- Grain: client × current CHI. Inputs: chi_agreement, client_standard, register_person, register_standard. Conserves: nothing.
-- A person who agrees on forename, surname and date of birth is the better match where the claimed one does not agree on all
-- three, unless sex and postcode agree better for the claimed one.
WITH doubtful AS (
    SELECT *
    FROM chi_agreement
    WHERE in_register AND is_supported AND NOT (coalesce(name_agrees, TRUE) AND coalesce(date_agrees, TRUE))
),
final AS (
    SELECT DISTINCT d.row_id, p.current_chi_number AS candidate
    FROM doubtful AS d
    JOIN client_standard AS l USING (row_id)
    JOIN register_standard AS r
        ON r.date_of_birth = l.date_of_birth
        AND alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root)
        AND alike(l.surname, r.surname)
    JOIN register_person AS p ON p.row_id = r.row_id AND p.current_chi_number <> d.claim
    WHERE coalesce((l.sex = r.sex)::INTEGER, 0) + coalesce((l.postcode = r.postcode)::INTEGER, 0) >= d.more_agree
)
SELECT * FROM final
