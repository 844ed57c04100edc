-- Purpose: the likelihood of each explanation for each searched client, summed over its candidates, the client's cohort, and whether it tells
-- of others (is_for_review: it does not).
-- Grain: searched client. Inputs: searched, client_standard, candidate_likelihood.
-- Conserves: every searched client once. Summed as decimals, so that the order of rows does not matter.
WITH summed AS (
    SELECT
        client,
        sum(spotless::DECIMAL(38, 12))::DOUBLE AS spotless,
        sum(careful::DECIMAL(38, 12))::DOUBLE AS careful,
        sum(fair::DECIMAL(38, 12))::DOUBLE AS fair,
        sum(poor::DECIMAL(38, 12))::DOUBLE AS poor,
        sum(typed::DECIMAL(38, 12))::DOUBLE AS typed,
        sum(month::DECIMAL(38, 12))::DOUBLE AS month,
        sum(twin::DECIMAL(38, 12))::DOUBLE AS twin,
        sum(relative::DECIMAL(38, 12))::DOUBLE AS relative,
        sum(namesake::DECIMAL(38, 12))::DOUBLE AS namesake
    FROM candidate_likelihood
    GROUP BY client
),
final AS (
    SELECT
        s.row_id AS client,
        -- A client with a CHI that the register lacks is less likely to be in it than one without a CHI; so is one born after the
        -- register was made.
        concat(
            CASE WHEN s.claim IS NOT NULL AND NOT s.is_for_review THEN 'another CHI ' END, TRY_CAST(c.birth_year AS INTEGER) // 10
        ) AS cohort,
        s.is_for_review,
        coalesce(l.spotless, 0) AS spotless,
        coalesce(l.careful, 0) AS careful,
        coalesce(l.fair, 0) AS fair,
        coalesce(l.poor, 0) AS poor,
        coalesce(l.typed, 0) AS typed,
        coalesce(l.month, 0) AS month,
        1 AS nobody,
        coalesce(l.twin, 0) AS twin,
        coalesce(l.relative, 0) AS relative,
        coalesce(l.namesake, 0) AS namesake
    FROM searched AS s
    JOIN client_standard AS c USING (row_id)
    LEFT JOIN summed AS l ON l.client = s.row_id
)
SELECT * FROM final
