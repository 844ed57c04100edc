-- Purpose: how many clients are in the register, yet share no blocking key with their own row there. Grain: one row.
-- Inputs: searched, posterior, match_weight, blocked_pair. Conserves: nothing; an estimate, 0 where nothing can be said.
-- Chao's estimator of what was never seen, for samples that either have a match or not (A. Chao 1987, Biometrics 43, 783-791),
-- bias-corrected: the samples are the 21 kinds of keys of `blocking_key`. Matches that share exactly one and exactly two, each counted
-- as often as its posterior says, tell how many share none.
WITH expected AS (
    SELECT
        sum(p.probability::DECIMAL(18, 6)) FILTER (b.keys = 1)::DOUBLE AS once, sum(p.probability::DECIMAL(18, 6)) FILTER (b.keys = 2)::DOUBLE AS twice
    FROM posterior AS p
    JOIN searched AS s ON s.row_id = p.client AND NOT s.is_for_review
    JOIN match_weight AS w ON w.client = p.client AND w.candidate = p.candidate
    JOIN blocked_pair AS b ON b.client = w.client AND b.register = w.register
    WHERE p.probability > 0 AND b.keys <= 2
),
final AS (
    SELECT greatest(20 / 21 * coalesce(once, 0) * (coalesce(once, 0) - 1) / (2 * (coalesce(twice, 0) + 1)), 0) AS missed FROM expected
)
SELECT * FROM final
