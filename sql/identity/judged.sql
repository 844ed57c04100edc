-- Purpose: which person of the register each client is, how, and how sure. Grain: client.
-- Inputs: client, verdict, decided, outcome, reason; $link_from, $review_from, $most_clients. Conserves: every client once.
-- chance_in_register: of a link, that it is right (by CHI or decision: it is); else, that somebody in the register is missed.
WITH alone AS (
    SELECT c.agency, c.social_care_id, c.claim, d.chi_number AS decided, b.candidate, b.probability,
        CASE
            WHEN d.agency IS NOT NULL AND d.named IS NULL THEN 'decided_against'
            WHEN d.agency IS NOT NULL AND d.chi_number IS NOT NULL THEN 'decision'
            WHEN d.agency IS NOT NULL THEN 'decision_unknown'
            WHEN v.verdict <> 'search' THEN v.verdict
            WHEN b.probability >= $review_from AND b.guard IS NOT NULL THEN b.guard
            WHEN b.probability >= $link_from THEN 'probabilistic'
            WHEN b.probability >= $review_from THEN 'unsure'
            ELSE 'unlinked'
        END AS judgement
    FROM client AS c
    JOIN verdict AS v USING (row_id)
    LEFT JOIN decided AS d USING (agency, social_care_id)
    LEFT JOIN outcome AS b ON b.client = c.row_id
),
proposed AS (
    SELECT * EXCLUDE (claim, decided, candidate, probability),
        CASE judgement WHEN 'chi' THEN claim WHEN 'decision' THEN decided WHEN 'probabilistic' THEN candidate END AS link,
        CASE WHEN judgement IN ('disagrees', 'rival') THEN claim ELSE candidate END AS candidate,
        -- Not searched for, or not to be trusted, as the CHI number is in doubt.
        CASE WHEN judgement NOT IN ('chi', 'decision', 'decided_against', 'several', 'another', 'disagrees', 'rival', 'decision_unknown')
            THEN coalesce(probability, 0) END AS posterior,
        probability
    FROM alone
),
judged AS (
    SELECT * EXCLUDE (judgement),
        CASE
            WHEN count(link) OVER (PARTITION BY agency, link) > $most_clients AND judgement <> 'decision' THEN 'crowd'
            ELSE judgement
        END AS judgement
    FROM proposed
),
final AS (
    SELECT
        agency, social_care_id,
        CASE WHEN judgement IN ('chi', 'decision', 'probabilistic') THEN link END AS chi_number,
        CASE WHEN judgement IN ('chi', 'decision', 'probabilistic') THEN judgement ELSE 'unlinked' END AS link_method,
        CASE WHEN judgement = 'probabilistic' THEN posterior END::DECIMAL(18, 6) AS link_probability,
        reason.review_reason IS NOT NULL AS review,
        reason.review_reason,
        CASE
            WHEN judgement = 'crowd' THEN link
            WHEN judgement NOT IN ('several', 'another', 'decision_unknown') AND reason.review_reason IS NOT NULL THEN candidate
        END AS candidate_chi_number,
        CASE WHEN probability IS NOT NULL THEN posterior END::DECIMAL(18, 6) AS candidate_probability,
        CASE WHEN judgement = 'decided_against' THEN 0 ELSE coalesce(posterior, 1) END::DECIMAL(18, 6) AS chance_in_register
    FROM judged
    LEFT JOIN reason USING (judgement)
)
SELECT * FROM final ORDER BY agency, social_care_id
