-- Purpose: each searched client's odds to be somebody in the register and to be nobody there. Grain: searched client.
-- Inputs: searched, candidate. Conserves: every searched client once.
WITH final AS (
    SELECT
        s.row_id AS client,
        s.claim IS NOT NULL AS has_other_chi,
        coalesce(sum(c.match_odds ORDER BY c.candidate), 0) AS match_odds,
        1 + coalesce(sum(c.other_odds ORDER BY c.candidate), 0) AS none_odds
    FROM searched AS s
    LEFT JOIN candidate AS c ON c.client = s.row_id
    GROUP BY s.row_id, s.claim
)
SELECT * FROM final
