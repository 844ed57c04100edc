-- Purpose: which current CHI each superseded one became.
-- Grain: superseded CHI. Inputs: the latest population register of each board.
-- Conserves: nothing is dropped; a chain is followed to its end, a ring is one person under its smallest number. A number
-- that two others claim to supersede leads nowhere. Linking follows numbers by the same rules (pipelines/identity/people.py).
WITH RECURSIVE latest AS (
    SELECT agency, max(period) AS period FROM staged.population_register GROUP BY agency
),
steps AS (
    SELECT previous_chi_number AS old_chi, min(chi_number) AS new_chi
    FROM staged.population_register
    JOIN latest USING (agency, period)
    WHERE previous_chi_number IS NOT NULL AND previous_chi_number <> chi_number
    GROUP BY previous_chi_number
    HAVING count(DISTINCT chi_number) = 1
),
followed AS (
    -- Nobody has a hundred numbers: who has taken as many steps goes round in a ring.
    SELECT old_chi AS chi_number, new_chi AS current_chi, 1 AS step FROM steps
    UNION ALL
    SELECT followed.chi_number, steps.new_chi AS current_chi, followed.step + 1 AS step
    FROM followed
    JOIN steps ON steps.old_chi = followed.current_chi
    WHERE followed.current_chi <> followed.chi_number AND followed.step < 100
),
stop AS (
    -- Where following may end: a number nothing supersedes, or a number of a ring, which leads back to itself.
    SELECT current_chi FROM followed ANTI JOIN steps ON steps.old_chi = followed.current_chi
    UNION
    SELECT current_chi FROM followed WHERE current_chi = chi_number
),
final AS (
    SELECT followed.chi_number, min(followed.current_chi) AS current_chi
    FROM followed
    JOIN stop USING (current_chi)
    GROUP BY followed.chi_number
    HAVING min(followed.current_chi) <> followed.chi_number
)
SELECT chi_number, current_chi FROM final ORDER BY chi_number
