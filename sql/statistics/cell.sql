-- Purpose: people, residents and cost of each area by age and sex, for what is statistics.
-- Grain: financial_year × scope × area_kind × area × five_year_band × sex. Inputs: age_profile.
-- Conserves: the cost of everybody with a home in the partners' area, in each kind of area; of a fifth that is not known, in none.
WITH area_kinds AS (
    SELECT unnest(['tayside', 'council', 'locality', 'simd_quintile', 'council_simd_quintile']) AS area_kind
),
final AS (
    SELECT
        profile.financial_year, profile.scope, area_kinds.area_kind,
        area_of(area_kinds.area_kind, profile.council, profile.locality, profile.simd_quintile) AS area,
        profile.five_year_band, profile.sex, min(profile.months) AS months,
        CAST(sum(profile.people) AS BIGINT) AS people, CAST(sum(profile.population) AS BIGINT) AS population,
        CAST(sum(profile.cost) AS DECIMAL(18, 2)) AS cost, CAST(sum(profile.cost_squared) AS DECIMAL(38, 4)) AS cost_squared
    FROM analysis.age_profile AS profile
    CROSS JOIN area_kinds
    WHERE is_own_area(profile.council, profile.locality)
    GROUP BY ALL
)
SELECT * FROM final
WHERE area <> 'Unknown'
ORDER BY financial_year, scope, area_kind, area, five_year_band, sex
