-- Purpose: residents of each locality by fifth of deprivation. Grain: council × locality × simd_quintile.
WITH latest AS (
    SELECT max(financial_year) AS financial_year FROM release.age_profile
)
SELECT council, locality, simd_quintile, CAST(sum(population) AS BIGINT) AS residents
FROM release.age_profile
JOIN latest USING (financial_year)
WHERE scope = 'all' AND is_own_area(council, locality) AND population IS NOT NULL
GROUP BY ALL
ORDER BY council, locality, simd_quintile NULLS LAST
