-- Purpose: what a reviewer sees: each client whose link is uncertain, beside each candidate. Grain: client × candidate.
-- Inputs: link, client, register_person, posterior, stand_in, claimed_chi, better_match; $review_from.
-- Conserves: every client in review once at least. The clients that are easiest to decide come first.
WITH uncertain AS (
    SELECT l.*, c.row_id
    FROM link AS l
    JOIN client AS c USING (agency, social_care_id)
    WHERE l.review
),
probable AS (
    SELECT u.row_id, p.candidate, p.probability
    FROM uncertain AS u
    LEFT JOIN stand_in AS i ON i.client = u.row_id
    JOIN posterior AS p ON p.client = coalesce(i.searched, u.row_id) AND p.probability >= $review_from
),
in_question AS (
    -- The people whose CHI the client claims, and those who match the client's record better.
    SELECT u.row_id, p.current_chi_number AS candidate
    FROM uncertain AS u
    JOIN claimed_chi AS e USING (agency, social_care_id)
    JOIN register_person AS p ON p.current_chi_number = e.claim AND p.is_current
    UNION
    SELECT row_id, candidate FROM better_match SEMI JOIN uncertain USING (row_id)
),
shown AS (
    SELECT * FROM probable
    UNION ALL
    SELECT *, NULL AS probability FROM in_question ANTI JOIN probable USING (row_id, candidate)
),
eased AS (
    SELECT *, max(probability) OVER of_client AS best, greatest(best, 1 - best) AS ease
    FROM shown
    WINDOW of_client AS (PARTITION BY row_id)
),
final AS (
    SELECT
        u.agency, u.social_care_id, u.review_reason AS why,
        count(o.candidate) OVER (PARTITION BY u.agency, u.social_care_id) AS persons,
        c.claim AS chi_number, o.candidate AS candidate_chi_number, o.probability,
        c.forename, p.forename AS candidate_forename,
        c.surname, p.surname AS candidate_surname,
        CAST(c.date_of_birth AS VARCHAR) AS date_of_birth, CAST(p.date_of_birth AS VARCHAR) AS candidate_date_of_birth,
        c.sex, p.sex AS candidate_sex,
        c.postcode, p.postcode AS candidate_postcode
    FROM uncertain AS u
    JOIN client AS c USING (row_id)
    LEFT JOIN eased AS o USING (row_id)
    LEFT JOIN register_person AS p ON p.current_chi_number = o.candidate AND p.is_current
    ORDER BY o.ease DESC NULLS LAST, u.agency, u.social_care_id, o.probability DESC NULLS LAST, o.candidate
)
SELECT * FROM final
