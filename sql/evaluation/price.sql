-- Purpose: by what a cost is multiplied to be in the prices of one year. Grain: financial year.
-- Inputs: price_index; $series, $vintage, $year. Conserves: nothing.
WITH final AS (
    SELECT financial_year, factor
    FROM release.price_index
    WHERE series = $series AND vintage = $vintage AND price_year = $year
)
SELECT * FROM final ORDER BY financial_year
