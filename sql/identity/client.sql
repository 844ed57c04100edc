-- Purpose: one row for each client, with the CHI it claims. Grain: agency × social_care_id. Inputs: client_row, current_chi.
-- Conserves: every client once. Of several rows the first with a CHI stands for the client, else the one with most filled in.
-- Only a valid CHI is a claim.
WITH claimed AS (
    SELECT
        c.* EXCLUDE (chi_number, chi_is_valid),
        CASE WHEN c.chi_is_valid THEN coalesce(f.current_chi_number, c.chi_number) END AS claim
    FROM client_row AS c
    LEFT JOIN current_chi AS f USING (chi_number)
),
ranked AS (
    SELECT
        claimed.*,
        row_number() OVER (
            PARTITION BY agency, social_care_id
            ORDER BY claim NULLS LAST,
                (date_of_birth IS NULL)::INTEGER + (forename IS NULL)::INTEGER + (surname IS NULL)::INTEGER
                    + (postcode IS NULL)::INTEGER + (sex IS NULL)::INTEGER,
                date_of_birth, surname, forename, postcode, sex
        ) AS preference
    FROM claimed
),
final AS (
    SELECT row_number() OVER (ORDER BY agency, social_care_id) AS row_id, * EXCLUDE (preference)
    FROM ranked
    WHERE preference = 1
)
SELECT * FROM final
