-- Purpose: what a reviewer sees: each client whose link is uncertain beside each person it may be. Grain: client × candidate.
-- Inputs: judged, client, person, scored, every_claim, rival; $review_from. Conserves: every client in review once at least.
WITH uncertain AS (
    SELECT j.*, c.row_id, greatest(coalesce(j.candidate_probability, 0), 1 - coalesce(j.candidate_probability, 1)) AS ease
    FROM judged AS j
    JOIN client AS c USING (agency, social_care_id)
    WHERE j.review
),
offered AS (
    SELECT u.row_id, s.candidate, s.probability FROM uncertain AS u JOIN scored AS s ON s.client = u.row_id AND s.probability >= $review_from
),
in_question AS (
    -- Whose CHI is claimed, and whom the client's own words fit better.
    SELECT u.row_id, p.current_chi_number AS candidate
    FROM uncertain AS u
    JOIN every_claim AS e USING (agency, social_care_id)
    JOIN person AS p ON p.current_chi_number = e.claim AND p.is_current
    UNION
    SELECT row_id, candidate FROM rival SEMI JOIN uncertain USING (row_id)
),
beside AS (
    SELECT * FROM offered
    UNION ALL
    SELECT *, NULL AS probability FROM in_question ANTI JOIN offered USING (row_id, candidate)
),
final AS (
    SELECT
        u.agency, u.social_care_id, u.review_reason AS why,
        count(o.candidate) OVER (PARTITION BY u.agency, u.social_care_id) AS persons,
        o.candidate AS candidate_chi_number, o.probability,
        c.forename, p.forename AS candidate_forename,
        c.surname, p.surname AS candidate_surname,
        CAST(c.date_of_birth AS VARCHAR) AS date_of_birth, CAST(p.date_of_birth AS VARCHAR) AS candidate_date_of_birth,
        c.sex, p.sex AS candidate_sex,
        c.postcode, p.postcode AS candidate_postcode
    FROM uncertain AS u
    JOIN client AS c USING (row_id)
    LEFT JOIN beside AS o USING (row_id)
    LEFT JOIN person AS p ON p.current_chi_number = o.candidate AND p.is_current
    ORDER BY u.ease DESC, u.agency, u.social_care_id, o.probability DESC NULLS LAST, o.candidate
)
SELECT * FROM final
