-- Purpose: the posterior probability that a client is each of its candidates. Grain: client × current CHI.
-- Inputs: candidate_likelihood, client_likelihood, prior (of each explanation, by cohort), guard.
-- Conserves: every candidate once. A client's posteriors and its chance of being nobody in the register sum to 1.
WITH evidence AS (
    SELECT
        l.client, p.spotless, p.careful, p.fair, p.poor, p.typed, p.month,
        p.spotless * l.spotless + p.careful * l.careful + p.fair * l.fair + p.poor * l.poor + p.typed * l.typed + p.month * l.month
            + p.nobody * l.nobody + p.twin * l.twin + p.relative * l.relative + p.namesake * l.namesake AS total
    FROM client_likelihood AS l
    JOIN prior AS p USING (cohort)
),
final AS (
    SELECT
        c.client, c.candidate, g.guard, coalesce(g.is_expected, TRUE) AS is_expected,
        round(
            (e.spotless * c.spotless + e.careful * c.careful + e.fair * c.fair + e.poor * c.poor + e.typed * c.typed + e.month * c.month)
                / e.total, 6
        ) AS probability
    FROM candidate_likelihood AS c
    JOIN evidence AS e USING (client)
    LEFT JOIN guard AS g ON g.client = c.client AND g.candidate = c.candidate
)
SELECT * FROM final
