-- Purpose: random pairs of different people of the register, from which u probabilities are estimated. Grain: pair.
-- Inputs: register_person; $records people on each side. Conserves: nothing.
-- People are drawn by a hash of their number, so that the same ones are drawn every time.
WITH drawn AS (
    SELECT row_id, row_number() OVER (ORDER BY md5(chi_number), chi_number) AS draw
    FROM (SELECT row_id, chi_number FROM register_person ORDER BY md5(chi_number), chi_number LIMIT 2 * $records)
),
final AS (
    SELECT l.row_id AS register, r.row_id AS client
    FROM drawn AS l
    JOIN drawn AS r ON l.draw % 2 = 0 AND r.draw % 2 = 1
)
SELECT * FROM final
