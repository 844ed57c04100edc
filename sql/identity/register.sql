-- Purpose: the latest population register of each agency that sends one; it replaces those before it whole.
-- Grain: row of a register. Inputs: staged.population_register. Conserves: every row of the latest registers.
WITH latest AS (
    SELECT agency, max(period) AS period FROM staged.population_register GROUP BY agency
),
final AS (
    SELECT chi_number, previous_chi_number, forename, surname, date_of_birth, sex, postcode
    FROM staged.population_register
    SEMI JOIN latest USING (agency, period)
)
SELECT * FROM final
