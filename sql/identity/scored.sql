-- Purpose: how probable each candidate of a client is, among all its candidates and nobody. Grain: client × current CHI.
-- Inputs: candidate, evidence, share (of each explanation, by cohort). Conserves: every candidate once.
WITH whole AS (
    SELECT e.client, s.spotless, s.careful, s.fair, s.poor, s.typed,
        s.spotless * e.spotless + s.careful * e.careful + s.fair * e.fair + s.poor * e.poor + s.typed * e.typed
            + s.nobody * e.nobody + s.twin * e.twin + s.relative * e.relative + s.namesake * e.namesake AS odds
    FROM evidence AS e
    JOIN share AS s USING (cohort)
),
final AS (
    SELECT c.client, c.candidate, c.guard, c.register,
        round(
            (w.spotless * c.spotless + w.careful * c.careful + w.fair * c.fair + w.poor * c.poor + w.typed * c.typed) / w.odds, 6
        ) AS probability
    FROM candidate AS c
    JOIN whole AS w USING (client)
)
SELECT * FROM final
