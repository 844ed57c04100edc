-- Purpose: which current CHI each superseded one became.
-- Grain: superseded CHI. Inputs: the latest population register of the board.
-- Conserves: nothing is dropped; a chain is followed to its end, a circle is left after ten steps.
WITH RECURSIVE latest AS (
    SELECT max(period) AS period FROM staged.population_register
),
steps AS (
    SELECT previous_chi_number AS old_chi, min(chi_number) AS new_chi
    FROM staged.population_register
    JOIN latest USING (period)
    WHERE previous_chi_number IS NOT NULL AND previous_chi_number <> chi_number
    GROUP BY previous_chi_number
),
followed AS (
    SELECT old_chi AS chi_number, new_chi AS current_chi, 1 AS step FROM steps
    UNION ALL
    SELECT followed.chi_number, steps.new_chi AS current_chi, followed.step + 1 AS step
    FROM followed
    JOIN steps ON steps.old_chi = followed.current_chi
    WHERE followed.step < 10
),
final AS (
    SELECT chi_number, arg_max(current_chi, step) AS current_chi
    FROM followed
    GROUP BY chi_number
)
SELECT chi_number, current_chi FROM final ORDER BY chi_number
