-- Purpose: how far each client's record agrees with the person of the register whose CHI the client claims. Grain: client.
-- Inputs: client, client_standard, claimed_chi, register_person, register_standard.
-- Conserves: every client once; NULL where there is nothing to compare.
-- A CHI number contains the date of birth, so agreement on that date alone does not support the claim. Where the date is quite another, a
-- name supports it only as a whole: a name that is missing, spelt nearly so or of the other sex is a brother's, a sister's or a spouse's.
WITH claim_count AS (
    SELECT agency, social_care_id, count(*) AS claims FROM claimed_chi GROUP BY agency, social_care_id
),
compared AS (
    SELECT
        c.row_id, coalesce(n.claims, 0) AS claims, c.claim,
        p.current_chi_number IS NOT NULL AS in_register,
        l.date_of_birth = r.date_of_birth
            OR (l.birth_year = r.birth_year AND l.any_birthday = r.any_birthday) AS date_agrees,
        CASE
            WHEN coalesce(l.forename, l.surname) IS NULL OR coalesce(r.forename, r.surname) IS NULL THEN NULL
            WHEN coalesce(l.forename, r.surname) IS NULL OR coalesce(l.surname, r.forename) IS NULL THEN NULL
            ELSE (coalesce(alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root), TRUE)
                    AND coalesce(alike_surnames(l.surname, l.surname_part, r.surname, r.surname_part), TRUE))
                OR coalesce(alike(l.forename, r.surname) AND alike(l.surname, r.forename), FALSE)
        END AS name_agrees,
        coalesce(alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root), FALSE)
            OR coalesce(alike_surnames(l.surname, l.surname_part, r.surname, r.surname_part), FALSE) AS part_of_name_agrees,
        coalesce((l.sex = r.sex)::INTEGER, 0) + coalesce((l.postcode = r.postcode)::INTEGER, 0) AS more_agree,
        alike_dates(l.date_of_birth, r.date_of_birth) AS date_is_near,
        coalesce(
            (l.forename = r.forename OR list_has_any(l.forename_root, r.forename_root))
            AND alike_surnames(l.surname, l.surname_part, r.surname, r.surname_part),
            FALSE
        )
            AND coalesce(l.sex = r.sex, TRUE)
            AND coalesce(least(length(l.middle_name), length(r.middle_name)) = 1 OR alike(l.middle_name, r.middle_name), TRUE) AS whole_name_agrees,
        l.forename <> r.forename AS is_forename_other,
        -- A new surname beside a slip in the date: forename and home, and a date that is near.
        coalesce(
            alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root) AND l.postcode = r.postcode
            AND alike_dates(l.date_of_birth, r.date_of_birth),
            FALSE
        ) AS forename_home_and_near_date_agree
    FROM client AS c
    JOIN client_standard AS l USING (row_id)
    LEFT JOIN claim_count AS n ON n.agency = c.agency AND n.social_care_id = c.social_care_id
    LEFT JOIN register_person AS p ON p.current_chi_number = c.claim AND p.is_current
    LEFT JOIN register_standard AS r ON r.row_id = p.row_id
),
final AS (
    SELECT *,
        (coalesce(name_agrees, FALSE) AND (coalesce(date_is_near, TRUE) OR whole_name_agrees))
            OR (coalesce(date_agrees, FALSE) AND (part_of_name_agrees OR more_agree > 0))
            OR forename_home_and_near_date_agree AS is_supported
    FROM compared
)
SELECT * FROM final
