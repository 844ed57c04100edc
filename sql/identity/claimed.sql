-- Purpose: how probably each person of the register is each client, whoever else it may be. Grain: client × current CHI.
-- Inputs: client, verdict, scored. Conserves: nothing; a guarded candidate is not claimed. Decimal, so that sums have no order.
WITH final AS (
    SELECT row_id AS client, claim AS candidate, 1::DECIMAL(18, 6) AS probability
    FROM client
    JOIN verdict USING (row_id)
    WHERE verdict = 'chi'
    UNION ALL
    SELECT client, candidate, probability::DECIMAL(18, 6) FROM scored WHERE guard IS NULL
)
SELECT * FROM final
