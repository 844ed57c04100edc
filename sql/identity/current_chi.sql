-- Purpose: every CHI number that the register names, now or before, and the current one that it leads to.
-- Grain: CHI number. Inputs: register, chi_alias. Conserves: every number of the register once.
WITH named AS (
    SELECT chi_number FROM register WHERE chi_number IS NOT NULL
    UNION
    SELECT previous_chi_number FROM register WHERE previous_chi_number IS NOT NULL
),
final AS (
    SELECT named.chi_number, coalesce(chi_alias.current_chi, named.chi_number) AS current_chi_number
    FROM named
    LEFT JOIN chi_alias USING (chi_number)
)
SELECT * FROM final
