-- Purpose: how many pairs of one person's two records are expected to reach each level of each comparison, by this month's posteriors.
-- Grain: comparison × level. Inputs: match_weight, posterior.
-- Conserves: nothing; a candidate with a guard that says another person is not expected, and a pair with nothing to compare says nothing.
-- Decimal, so that the order of rows does not matter to sums.
WITH expected AS (
    SELECT w.*, p.probability::DECIMAL(18, 6) AS probability
    FROM match_weight AS w
    JOIN posterior AS p ON p.client = w.client AND p.candidate = w.candidate
    WHERE p.is_expected AND p.probability > 0
),
counted AS (
    UNPIVOT (
        SELECT probability, forename_level AS forename, middle_name_level AS middle_name, surname_level AS surname,
            date_of_birth_level AS date_of_birth, sex_level AS sex, place_level AS place
        FROM expected
    ) ON forename, middle_name, surname, date_of_birth, sex, place INTO NAME comparison VALUE level
),
final AS (
    SELECT comparison, level, sum(probability)::DOUBLE AS pairs
    FROM counted
    WHERE level >= 0
    GROUP BY comparison, level
)
SELECT * FROM final ORDER BY comparison, level
