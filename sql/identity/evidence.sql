-- Purpose: the odds of each explanation of each searched client, and its cohort. Grain: searched client.
-- Inputs: searched, whole_client_standard, candidate. Conserves: every searched client once. Decimal, so that sums have no order.
WITH summed AS (
    SELECT
        client,
        sum(spotless::DECIMAL(38, 12))::DOUBLE AS spotless,
        sum(careful::DECIMAL(38, 12))::DOUBLE AS careful,
        sum(fair::DECIMAL(38, 12))::DOUBLE AS fair,
        sum(poor::DECIMAL(38, 12))::DOUBLE AS poor,
        sum(typed::DECIMAL(38, 12))::DOUBLE AS typed,
        sum(twin::DECIMAL(38, 12))::DOUBLE AS twin,
        sum(relative::DECIMAL(38, 12))::DOUBLE AS relative,
        sum(namesake::DECIMAL(38, 12))::DOUBLE AS namesake
    FROM candidate
    GROUP BY client
),
final AS (
    SELECT
        s.row_id AS client,
        -- A client with a CHI of its own that the register lacks is less likely to be in it than one without; so is who came later.
        concat(CASE WHEN s.claim IS NOT NULL THEN 'another CHI ' END, TRY_CAST(c.birth_year AS INTEGER) // 10) AS cohort,
        coalesce(e.spotless, 0) AS spotless, coalesce(e.careful, 0) AS careful, coalesce(e.fair, 0) AS fair,
        coalesce(e.poor, 0) AS poor, coalesce(e.typed, 0) AS typed,
        1 AS nobody, coalesce(e.twin, 0) AS twin, coalesce(e.relative, 0) AS relative, coalesce(e.namesake, 0) AS namesake
    FROM searched AS s
    JOIN whole_client_standard AS c USING (row_id)
    LEFT JOIN summed AS e ON e.client = s.row_id
)
SELECT * FROM final
