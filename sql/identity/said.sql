-- Purpose: what other rows, of any clients file, say of a client where it is not what the client's own row says.
-- Grain: client × different words. Inputs: client, said_row. Conserves: nothing; who is not in the latest file is not asked about.
WITH other AS (
    SELECT DISTINCT c.row_id AS client, s.forename, s.surname, s.date_of_birth, s.sex
    FROM client AS c
    JOIN said_row AS s USING (agency, social_care_id)
    WHERE (s.forename, s.surname, s.date_of_birth, s.sex) IS DISTINCT FROM (c.forename, c.surname, c.date_of_birth, c.sex)
),
final AS (
    SELECT row_number() OVER (ORDER BY client, forename, surname, date_of_birth, sex) AS row_id, * FROM other
)
SELECT * FROM final
