-- Purpose: the CHI numbers that each client claims, in any clients file. Grain: agency × social_care_id × current CHI.
-- Inputs: client_row, every_client_row, current_chi.
-- Conserves: every valid CHI of every row, of rows set aside too. Only a valid CHI is a claim.
WITH every_row AS (
    SELECT agency, social_care_id, chi_number FROM client_row WHERE chi_is_valid
    UNION ALL
    SELECT agency, social_care_id, chi_number FROM every_client_row WHERE chi_is_valid
),
final AS (
    SELECT DISTINCT e.agency, e.social_care_id, coalesce(f.current_chi_number, e.chi_number) AS claim
    FROM every_row AS e
    LEFT JOIN current_chi AS f USING (chi_number)
)
SELECT * FROM final
