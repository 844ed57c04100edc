-- Purpose: pairs of different people of the register, drawn by a hash of their number: the same people every time.
-- Grain: pair. Inputs: person; $strangers people on each side. Conserves: nothing.
WITH drawn AS (
    SELECT row_id, row_number() OVER (ORDER BY md5(chi_number), chi_number) AS place FROM person
),
final AS (
    SELECT l.row_id AS register, r.row_id AS client
    FROM drawn AS l
    JOIN drawn AS r ON l.place % 2 = 0 AND r.place % 2 = 1
    WHERE l.place <= 2 * $strangers AND r.place <= 2 * $strangers
)
SELECT * FROM final
