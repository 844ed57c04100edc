-- Purpose: the people of the register. Grain: chi_number. Inputs: register, current_chi.
-- Conserves: every CHI once; a superseded number that is still in the register is a row of the person it leads to.
WITH numbered AS (
    SELECT r.*, c.current_chi_number, r.chi_number = c.current_chi_number AS is_current
    FROM register AS r
    JOIN current_chi AS c USING (chi_number)
    QUALIFY row_number() OVER (PARTITION BY r.chi_number ORDER BY r.date_of_birth, r.surname, r.forename, r.postcode, r.sex) = 1
),
final AS (
    SELECT row_number() OVER (ORDER BY chi_number) AS row_id, * FROM numbered
)
SELECT * FROM final
