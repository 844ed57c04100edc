-- Purpose: the match weight of each comparison, for each client and candidate. Grain: client × current CHI.
-- Inputs: plausible_pair, register_person, register_standard, client_standard, forename_lift; $housemates_date_bits.
-- Conserves: every candidate of a plausible pair once. A person who is also in the register under a superseded number is one
-- candidate: the row with the highest match weight speaks for that person.
WITH placed AS (
    SELECT
        pair.* EXCLUDE (forename_weight),
        p.current_chi_number AS candidate,
        r.postcode AS register_home,
        -- What is common in the client's sex and generation is shared there more often than by any two people. Somebody of another
        -- generation in the client's home is weighed alike, so that father and son of one name are told apart by their dates.
        CASE
            WHEN forename_weight > 0 AND (r.generation = c.generation OR r.postcode = c.postcode)
                THEN greatest(forename_weight - coalesce(f.lift_bits, 0), 0)
            ELSE forename_weight
        END AS forename_weight
    FROM plausible_pair AS pair
    JOIN register_person AS p ON p.row_id = pair.register
    JOIN register_standard AS r ON r.row_id = pair.register
    JOIN client_standard AS c ON c.row_id = pair.client
    LEFT JOIN forename_lift AS f ON f.forename = r.forename AND f.generation = c.generation
),
household AS (
    SELECT client, register_home, max(date_of_birth_weight) AS best_date_weight
    FROM placed
    WHERE register_home IS NOT NULL
    GROUP BY client, register_home
    HAVING count(*) > 1
),
weighed AS (
    SELECT
        placed.* EXCLUDE (date_of_birth_weight),
        -- Clerks mix up the dates of birth of people in one home: a date that agrees with a housemate's counts for part of that.
        CASE
            WHEN date_of_birth_weight < 0
                THEN greatest(date_of_birth_weight, coalesce(best_date_weight - $housemates_date_bits, date_of_birth_weight))
            ELSE date_of_birth_weight
        END AS date_of_birth_weight
    FROM placed
    LEFT JOIN household USING (client, register_home)
),
summed AS (
    SELECT *, forename_weight + middle_name_weight + surname_weight + date_of_birth_weight + sex_weight AS weight_without_home
    FROM weighed
),
superseded AS (
    SELECT DISTINCT current_chi_number AS candidate FROM register_person WHERE NOT is_current
),
of_several_rows AS (
    SELECT *
    FROM summed
    SEMI JOIN superseded USING (candidate)
    QUALIFY row_number() OVER (
        PARTITION BY client, candidate ORDER BY round(weight_without_home + place_weight, 6) DESC, register
    ) = 1
),
final AS (
    SELECT * FROM summed ANTI JOIN superseded USING (candidate)
    UNION ALL
    SELECT * FROM of_several_rows
)
SELECT * FROM final
