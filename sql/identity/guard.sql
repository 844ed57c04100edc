-- Purpose: the candidates that only a reviewer may link, however high the posterior, and the reason. Grain: client × current CHI.
-- Inputs: match_weight, client, deterministic_link, client_standard, register_standard. Conserves: nothing; most have no guard.
WITH examined AS (
    SELECT
        w.client, w.candidate,
        CASE
            WHEN d.outcome = 'reused_id' THEN 'reused_id'
            WHEN c.claim <> w.candidate AND NOT alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root) THEN 'twin'
            WHEN c.claim <> w.candidate THEN 'other_chi'
            WHEN l.birth_year <> r.birth_year AND left(l.birthday, 2) <> left(r.birthday, 2) AND right(l.birthday, 2) <> right(r.birthday, 2)
                AND l.any_birthday <> r.any_birthday THEN 'other_date'
            WHEN (l.forename IS NOT NULL AND r.forename IS NOT NULL)::INTEGER
                + (l.surname IS NOT NULL AND r.surname IS NOT NULL)::INTEGER
                + (l.date_of_birth IS NOT NULL AND r.date_of_birth IS NOT NULL)::INTEGER < 2 THEN 'too_little'
        END AS guard
    FROM match_weight AS w
    JOIN client AS c ON c.row_id = w.client
    JOIN client_standard AS l ON l.row_id = w.client
    JOIN register_standard AS r ON r.row_id = w.register
    JOIN deterministic_link AS d ON d.row_id = w.client
),
final AS (
    SELECT * FROM examined WHERE guard IS NOT NULL
)
SELECT * FROM final
