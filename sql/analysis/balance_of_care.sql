-- Purpose: care in hospitals and care homes beside care at home and in the community.
-- Grain: financial_year × age_group × area_kind × area × setting. Inputs: locality_month_cost, age_profile.
-- Conserves: the cost of every line in each kind of area, for age group all. Pounds that are spread over localities have no age.
WITH age_groups AS (
    SELECT unnest(['all', '65+', '75+']) AS age_group
),
area_kinds AS (
    SELECT unnest(['tayside', 'council', 'locality', 'simd_quintile', 'council_simd_quintile']) AS area_kind
),
spent AS (
    SELECT
        cost.financial_year, age_groups.age_group, area_kinds.area_kind,
        area_of(area_kinds.area_kind, cost.council, cost.locality, cost.simd_quintile) AS area, cost.setting,
        CAST(sum(cost.cost) AS DECIMAL(18, 2)) AS cost
    FROM mart.locality_month_cost AS cost
    JOIN age_groups ON is_in_age_group(age_groups.age_group, cost.age_band)
    CROSS JOIN area_kinds
    GROUP BY ALL
),
lived AS (
    SELECT
        profile.financial_year, age_groups.age_group, area_kinds.area_kind,
        area_of(area_kinds.area_kind, profile.council, profile.locality, profile.simd_quintile) AS area,
        min(profile.months) AS months, sum(profile.population) AS residents
    FROM analysis.age_profile AS profile
    JOIN age_groups ON is_in_age_group(age_groups.age_group, profile.five_year_band)
    CROSS JOIN area_kinds
    WHERE profile.scope = 'all' AND is_own_area(profile.council, profile.locality)
    GROUP BY ALL
),
final AS (
    SELECT
        spent.financial_year, spent.age_group, spent.area_kind, spent.area, spent.setting, spent.cost,
        share_of(
            pence(spent.cost), sum(pence(spent.cost)) OVER (PARTITION BY spent.financial_year, spent.age_group, spent.area_kind, spent.area)
        ) AS share,
        CASE WHEN spent.area <> 'Unknown' THEN cost_a_year(spent.cost, lived.residents, lived.months) END AS cost_per_head
    FROM spent
    LEFT JOIN lived USING (financial_year, age_group, area_kind, area)
)
SELECT * FROM final ORDER BY financial_year, age_group, area_kind, area, setting
