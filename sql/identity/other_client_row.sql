-- Purpose: what other rows of a client, in any clients file, say where it is not what the client's own row says.
-- Grain: client × different content. Inputs: client, every_client_row.
-- Conserves: nothing; rows of a client who is not in the latest file are left out.
WITH other AS (
    SELECT DISTINCT c.row_id AS client, e.forename, e.surname, e.date_of_birth, e.sex
    FROM client AS c
    JOIN every_client_row AS e USING (agency, social_care_id)
    WHERE (e.forename, e.surname, e.date_of_birth, e.sex) IS DISTINCT FROM (c.forename, c.surname, c.date_of_birth, c.sex)
),
final AS (
    SELECT row_number() OVER (ORDER BY client, forename, surname, date_of_birth, sex) AS row_id, * FROM other
)
SELECT * FROM final
