-- Purpose: which person of the register each client is, how that is known, and how probable it is. Grain: client.
-- Inputs: client, deterministic_link, latest_decision, best_candidate, searched, posterior, unseen_match, client_standard, stand_in, reason;
-- $link_from, $review_from, $max_clients.
-- Conserves: every client once. A reviewer's decision comes before the CHI, and the CHI before the posterior.
-- chance_in_register: for a link, the chance that it is right (1 by CHI or decision); for a client without one, the chance that
-- somebody in the register was missed, by a posterior that is too low or because no blocking key is shared.
-- is_telling: two of forename, surname and date of birth are there, so that the chance can be told at all.
WITH sought AS (
    SELECT s.row_id, t.date_of_birth IS NOT NULL AS is_dated, coalesce(sum(p.probability::DECIMAL(18, 6)), 0) AS in_register
    FROM searched AS s
    JOIN client_standard AS t USING (row_id)
    LEFT JOIN posterior AS p ON p.client = s.row_id
    WHERE NOT s.is_for_review
    GROUP BY s.row_id, t.date_of_birth
),
counted_client AS (
    SELECT count(*) AS clients FROM client
),
stranger AS (
    SELECT sum((1 - in_register)::DECIMAL(18, 6)) AS strangers FROM sought
),
unseen AS (
    -- Who shares no key with anybody cannot be told from a stranger: all who may be strangers may be such. Where all are estimated to be
    -- such, and are more than a twentieth of all clients, the chance cannot be told: so little is written that keys say nothing.
    SELECT
        least(unseen_match.missed / nullif(stranger.strangers, 0), 1) AS share,
        coalesce(unseen_match.missed >= stranger.strangers AND stranger.strangers * 20 > counted_client.clients, FALSE) AS is_untold
    FROM unseen_match
    CROSS JOIN stranger
    CROSS JOIN counted_client
),
undated AS (
    -- A date of birth that is missing takes most keys away, and tells no stranger: who has none is a stranger as often as who has one.
    SELECT
        greatest(1 - avg((1 - in_register)::DECIMAL(18, 6)) FILTER (is_dated)
            / nullif(avg((1 - in_register)::DECIMAL(18, 6)) FILTER (NOT is_dated), 0), 0) AS share
    FROM sought
),
decided AS (
    SELECT
        c.agency, c.social_care_id, c.claim, h.chi_number AS decided, b.candidate, b.probability,
        least(
            sought.in_register + (1 - sought.in_register) * greatest(
                coalesce((SELECT share FROM unseen), 0),
                CASE WHEN t.date_of_birth IS NULL THEN coalesce((SELECT share FROM undated), 0) ELSE 0 END
            ), 1
        ) AS in_register,
        (t.forename IS NOT NULL)::INTEGER + (t.surname IS NOT NULL)::INTEGER + (t.date_of_birth IS NOT NULL)::INTEGER >= 2 AS is_telling,
        CASE
            WHEN h.agency IS NOT NULL AND h.named IS NULL THEN 'decided_against'
            WHEN h.agency IS NOT NULL AND h.chi_number IS NOT NULL THEN 'decision'
            WHEN h.agency IS NOT NULL THEN 'decision_unknown'
            WHEN d.outcome <> 'search' THEN d.outcome
            WHEN b.probability >= $review_from AND b.guard IS NOT NULL THEN b.guard
            WHEN b.probability >= $link_from THEN 'probabilistic'
            WHEN b.probability >= $review_from THEN 'uncertain'
            ELSE 'unlinked'
        END AS outcome
    FROM client AS c
    JOIN deterministic_link AS d USING (row_id)
    LEFT JOIN latest_decision AS h USING (agency, social_care_id)
    JOIN client_standard AS t USING (row_id)
    LEFT JOIN stand_in AS i ON i.client = c.row_id
    LEFT JOIN best_candidate AS b ON b.client = coalesce(i.searched, c.row_id)
    LEFT JOIN sought ON sought.row_id = coalesce(i.searched, c.row_id)
),
proposed AS (
    SELECT
        agency, social_care_id, outcome, probability, in_register, is_telling,
        CASE outcome WHEN 'chi' THEN claim WHEN 'decision' THEN decided WHEN 'probabilistic' THEN candidate END AS link,
        CASE WHEN outcome IN ('chi_disagrees', 'better_match') THEN claim ELSE candidate END AS candidate,
        -- NULL where the client was not searched for, or the CHI is in doubt and the posterior cannot be trusted.
        CASE
            WHEN outcome NOT IN (
                'chi', 'decision', 'decided_against', 'several_chis', 'reused_id', 'chi_disagrees', 'better_match', 'decision_unknown'
            ) THEN coalesce(probability, 0)
        END AS posterior
    FROM decided
),
counted AS (
    SELECT
        * EXCLUDE (outcome),
        CASE
            WHEN count(link) OVER (PARTITION BY agency, link) > $max_clients AND outcome <> 'decision' THEN 'crowd'
            ELSE outcome
        END AS outcome
    FROM proposed
),
final AS (
    SELECT
        agency, social_care_id,
        CASE WHEN outcome IN ('chi', 'decision', 'probabilistic') THEN link END AS chi_number,
        CASE WHEN outcome IN ('chi', 'decision', 'probabilistic') THEN outcome ELSE 'unlinked' END AS link_method,
        CASE WHEN outcome = 'probabilistic' THEN posterior END::DECIMAL(18, 6) AS link_probability,
        reason.review_reason IS NOT NULL AS review,
        reason.review_reason,
        CASE
            WHEN outcome = 'crowd' THEN link
            WHEN outcome NOT IN ('several_chis', 'reused_id', 'decision_unknown') AND reason.review_reason IS NOT NULL THEN candidate
        END AS candidate_chi_number,
        CASE WHEN probability IS NOT NULL THEN posterior END::DECIMAL(18, 6) AS candidate_probability,
        CASE
            WHEN outcome = 'decided_against' THEN 0
            WHEN posterior IS NULL THEN 1
            WHEN outcome = 'probabilistic' THEN posterior
            WHEN is_telling AND NOT (SELECT is_untold FROM unseen) THEN in_register
        END::DECIMAL(18, 6) AS chance_in_register
    FROM counted
    LEFT JOIN reason USING (outcome)
)
SELECT * FROM final ORDER BY agency, social_care_id
