-- Purpose: how probable each candidate of a client is, among all its candidates and nobody. Grain: client × current CHI.
-- Inputs: candidate, evidence, share_in_register. Conserves: every candidate once.
WITH final AS (
    SELECT c.client, c.candidate, c.guarded, c.register,
        round(h.share * c.match_odds / (h.share * e.match_odds + (1 - h.share) * e.none_odds), 6) AS probability
    FROM candidate AS c
    JOIN evidence AS e USING (client)
    JOIN share_in_register AS h USING (has_other_chi)
)
SELECT * FROM final
