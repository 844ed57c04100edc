-- Purpose: how many people of the register are expected to be a client, and how many clients are expected to be one of them.
-- Grain: one row. Inputs: expected_link. Conserves: the probability of every expected link, in `clients`.
WITH expected_clients AS (
    SELECT sum(probability) AS clients FROM expected_link GROUP BY candidate
),
final AS (
    SELECT coalesce(sum(least(clients, 1)), 0) AS people, coalesce(sum(clients), 0) AS clients FROM expected_clients
)
SELECT * FROM final
