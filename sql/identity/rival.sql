-- Purpose: the people of the register whom a client's own words fit better, by a wide margin, than the one whose CHI it claims.
-- Grain: client × current CHI. Inputs: compared, client_standard, person, register_standard.
-- Conserves: nothing. Whose forename, surname and date of birth all agree stands before one of whom some do not, unless sex and home speak for that one.
WITH doubtful AS (
    SELECT * FROM compared
    WHERE in_register AND is_supported AND NOT (coalesce(name_agrees, true) AND coalesce(date_agrees, true))
),
final AS (
    SELECT DISTINCT d.row_id, p.current_chi_number AS candidate
    FROM doubtful AS d
    JOIN client_standard AS l USING (row_id)
    JOIN register_standard AS r
        ON r.date_of_birth = l.date_of_birth
        AND alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root)
        AND alike(l.surname, r.surname)
    JOIN person AS p ON p.row_id = r.row_id AND p.current_chi_number <> d.claim
    WHERE coalesce((l.sex = r.sex)::INTEGER, 0) + coalesce((l.postcode = r.postcode)::INTEGER, 0) >= d.more_agree
)
SELECT * FROM final
