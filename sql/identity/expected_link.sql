-- Purpose: the probability that each client is each person of the register, by CHI or by posterior. Grain: client × current CHI.
-- Inputs: client, deterministic_link, posterior. Conserves: nothing; a candidate with a guard that says another person is not expected.
-- Decimal, so that the order of rows does not matter to sums.
WITH final AS (
    SELECT c.row_id AS client, c.claim AS candidate, 1::DECIMAL(18, 6) AS probability
    FROM client AS c
    JOIN deterministic_link AS d USING (row_id)
    WHERE d.outcome = 'chi'
    UNION ALL
    SELECT client, candidate, probability::DECIMAL(18, 6) AS probability FROM posterior WHERE is_expected
)
SELECT * FROM final
