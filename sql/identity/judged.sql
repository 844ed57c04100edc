-- Purpose: which person of the register each client is, how, and how sure. Grain: client.
-- Inputs: client, verdict, decided, outcome, reason; $link_from, $review_from. Conserves: every client once.
-- chance_in_register: of a link, that it is right (by CHI or decision: it is); else, that somebody in the register is missed.
WITH judged AS (
    SELECT c.agency, c.social_care_id, c.row_id, c.claim, d.chi_number AS decided, b.candidate, b.probability,
        CASE
            WHEN d.agency IS NOT NULL AND d.named IS NULL THEN 'decided_against'
            WHEN d.agency IS NOT NULL AND d.chi_number IS NOT NULL THEN 'decision'
            WHEN d.agency IS NOT NULL THEN 'decision_unknown'
            WHEN v.verdict <> 'search' THEN v.verdict
            WHEN b.probability >= $review_from AND b.guarded THEN 'twin'
            WHEN b.probability >= $link_from THEN 'probabilistic'
            WHEN b.probability >= $review_from THEN 'unsure'
            ELSE 'unlinked'
        END AS judgement
    FROM client AS c
    JOIN verdict AS v USING (row_id)
    LEFT JOIN decided AS d USING (agency, social_care_id)
    LEFT JOIN outcome AS b ON b.client = c.row_id
),
final AS (
    SELECT
        agency, social_care_id,
        CASE judgement WHEN 'chi' THEN claim WHEN 'decision' THEN decided WHEN 'probabilistic' THEN candidate END
            AS chi_number,
        CASE WHEN judgement IN ('chi', 'decision', 'probabilistic') THEN judgement ELSE 'unlinked' END AS link_method,
        CASE WHEN judgement = 'probabilistic' THEN probability END::DECIMAL(18, 6) AS link_probability,
        reason.review_reason IS NOT NULL AS review,
        reason.review_reason,
        CASE WHEN judgement = 'disagrees' THEN claim WHEN judgement IN ('twin', 'unsure') THEN candidate END AS candidate_chi_number,
        CASE WHEN judgement IN ('probabilistic', 'twin', 'unsure', 'unlinked') THEN probability END::DECIMAL(18, 6)
            AS candidate_probability,
        CASE
            WHEN judgement IN ('chi', 'decision') THEN 1
            WHEN judgement = 'decided_against' THEN 0
            -- Not searched for, as the CHI number is in doubt: in all likelihood somebody in the register.
            WHEN judgement IN ('several', 'disagrees', 'decision_unknown') THEN 1
            ELSE coalesce(probability, 0)
        END::DECIMAL(18, 6) AS chance_in_register
    FROM judged
    LEFT JOIN reason USING (judgement)
)
SELECT * FROM final ORDER BY agency, social_care_id
