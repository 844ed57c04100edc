-- Purpose: the cost of each area in all, of all ages, with a person or without.
-- Grain: financial_year × scope × area_kind × area. Inputs: locality_month_cost.
-- Conserves: the cost of every line in each kind of area, in scope all.
WITH area_kinds AS (
    SELECT unnest(['tayside', 'council', 'locality', 'simd_quintile', 'council_simd_quintile']) AS area_kind
),
scopes AS (
    SELECT unnest(['all', 'nhs', 'social_care', 'institutional', 'community']) AS scope
),
final AS (
    SELECT
        cost.financial_year, scopes.scope, area_kinds.area_kind,
        area_of(area_kinds.area_kind, cost.council, cost.locality, cost.simd_quintile) AS area,
        CAST(sum(cost.cost) AS DECIMAL(18, 2)) AS cost
    FROM mart.locality_month_cost AS cost
    JOIN scopes ON scopes.scope = 'all' OR scopes.scope = cost.sector OR scopes.scope = cost.setting
    CROSS JOIN area_kinds
    GROUP BY ALL
)
SELECT * FROM final ORDER BY financial_year, scope, area_kind, area
