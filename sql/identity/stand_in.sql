-- Purpose: of more equal clients of an agency than one person can be, the first is searched for and stands in for the others, so that
-- thousands of copies of one row cost no more than their count. Grain: client for whom another stands in.
-- Inputs: client, client_standard, deterministic_link; $max_clients. Conserves: nothing; few clients are copies.
WITH alike AS (
    SELECT
        c.row_id AS client,
        min(c.row_id) OVER copies AS searched,
        count(*) OVER copies AS copies
    FROM client AS c
    JOIN client_standard AS s USING (row_id)
    JOIN deterministic_link AS d USING (row_id)
    WHERE d.outcome IN ('search', 'chi_disagrees')
    WINDOW copies AS (
        PARTITION BY c.agency, c.claim, s.forename_all, s.middle_name, s.surname, s.date_of_birth, s.sex, s.postcode, s.address_word
    )
),
final AS (
    SELECT client, searched FROM alike WHERE copies > $max_clients AND client <> searched
)
SELECT * FROM final
