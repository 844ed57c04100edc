-- Purpose: what the clients files have ever said of each client, rows that were set aside too: they tell whom a social_care_id has
-- stood for. Grain: client × different content. Inputs: staged.clients, quarantine.clients. Conserves: every content once.
WITH final AS (
    SELECT agency, social_care_id, chi_number, chi_is_valid, forename, surname, date_of_birth, sex
    FROM staged.clients
    WHERE social_care_id IS NOT NULL
    UNION
    SELECT agency, social_care_id, chi_number, chi_is_valid, forename, surname, date_of_birth, sex
    FROM quarantine.clients
    WHERE social_care_id IS NOT NULL
)
SELECT * FROM final
