-- Purpose: the unit cost that a record is valued by. Grain: needed combination.
-- Inputs: unit_cost_match; $agency, $service, $financial_year, $specialty_code, $location_code, $variant. Conserves: one row a combination.
WITH final AS (
    SELECT unit_cost, price_base, price_source
    FROM core.unit_cost_match
    WHERE agency = $agency AND service = $service AND financial_year = $financial_year
        AND specialty_code IS NOT DISTINCT FROM $specialty_code AND location_code IS NOT DISTINCT FROM $location_code
        AND variant IS NOT DISTINCT FROM $variant
)
SELECT * FROM final
