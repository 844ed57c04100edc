-- Purpose: how few people much of the cost is spent on.
-- Grain: financial_year × scope × area_kind × area × cut. Inputs: person_year, person, age_profile.
-- Conserves: nothing. The fewest people whose cost reaches a share: who crosses it is counted; of people of one cost it is the
-- same whoever comes first. Residents without cost are in the base, and come before anybody whose cost is below zero.
WITH scopes AS (
    SELECT unnest(['all', 'nhs', 'social_care', 'institutional', 'community']) AS scope
),
area_kinds AS (
    SELECT unnest(['tayside', 'council']) AS area_kind
),
person_scope AS (
    SELECT
        person_year.financial_year, scopes.scope, area_kinds.area_kind,
        area_of(area_kinds.area_kind, person.council, person.locality, person.simd_quintile) AS area,
        cost_in_scope(
            scopes.scope, person_year.cost, person_year.nhs_cost, person_year.social_care_cost, person_year.institutional_cost,
            person_year.community_cost
        ) AS cost
    FROM mart.person_year
    JOIN mart.person ON person.person_id = person_year.person_id AND is_own_area(person.council, person.locality)
    CROSS JOIN scopes
    CROSS JOIN area_kinds
),
ranked AS (
    SELECT
        financial_year, scope, area_kind, area, cost,
        row_number() OVER costliest_first AS position_down,
        sum(cost) OVER costliest_first AS cost_down,
        sum(cost) OVER (PARTITION BY financial_year, scope, area_kind, area) AS cost_of_all
    FROM person_scope
    WHERE cost IS NOT NULL
    WINDOW costliest_first AS (
        PARTITION BY financial_year, scope, area_kind, area ORDER BY cost DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),
whole AS (
    SELECT
        financial_year, scope, area_kind, area, min(cost_of_all) AS cost_of_all,
        count(*) FILTER (WHERE cost > 0) AS people_above_zero,
        min(position_down) FILTER (WHERE cost_down * 100 >= cost_of_all * 50) AS people_to_50,
        min(position_down) FILTER (WHERE cost_down * 100 >= cost_of_all * 65) AS people_to_65,
        min(position_down) FILTER (WHERE cost_down * 100 >= cost_of_all * 80) AS people_to_80
    FROM ranked
    WHERE cost_of_all > 0
    GROUP BY financial_year, scope, area_kind, area
),
lived AS (
    SELECT
        profile.financial_year, profile.scope, area_kinds.area_kind,
        area_of(area_kinds.area_kind, profile.council, profile.locality, profile.simd_quintile) AS area,
        coalesce(CAST(sum(profile.population) AS BIGINT), 0) AS residents
    FROM analysis.age_profile AS profile
    CROSS JOIN area_kinds
    WHERE is_own_area(profile.council, profile.locality)
    GROUP BY ALL
),
residents_cut AS (
    SELECT unnest([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) AS percentage
),
by_residents AS (
    SELECT
        whole.financial_year, whole.scope, whole.area_kind, whole.area,
        'top_' || CAST(residents_cut.percentage AS VARCHAR) || '_percent' AS cut,
        -- Rounded up.
        (lived.residents * residents_cut.percentage + 99) // 100 AS people, whole.cost_of_all, whole.people_above_zero
    FROM whole
    JOIN lived USING (financial_year, scope, area_kind, area)
    CROSS JOIN residents_cut
),
cut_off AS (
    SELECT financial_year, scope, area_kind, area, 'half_of_cost' AS cut, people_to_50 AS people, cost_of_all, people_above_zero FROM whole
    UNION ALL
    SELECT financial_year, scope, area_kind, area, '65_percent' AS cut, people_to_65 AS people, cost_of_all, people_above_zero FROM whole
    UNION ALL
    SELECT financial_year, scope, area_kind, area, '80_percent' AS cut, people_to_80 AS people, cost_of_all, people_above_zero FROM whole
    UNION ALL
    SELECT * FROM by_residents
),
final AS (
    SELECT
        cut_off.financial_year, cut_off.scope, cut_off.area_kind, cut_off.area, cut_off.cut, lived.residents,
        CAST(cut_off.people AS BIGINT) AS people,
        share_of(cut_off.people, lived.residents) AS share_of_residents,
        CAST(coalesce(ranked.cost_down, 0) AS DECIMAL(18, 2)) AS cost,
        share_of(pence(coalesce(ranked.cost_down, 0)), pence(cut_off.cost_of_all)) AS share_of_cost
    FROM cut_off
    JOIN lived USING (financial_year, scope, area_kind, area)
    -- People without cost, or whose cost is below zero, add nothing to those before them.
    LEFT JOIN ranked
        ON ranked.financial_year = cut_off.financial_year AND ranked.scope = cut_off.scope AND ranked.area_kind = cut_off.area_kind
        AND ranked.area = cut_off.area AND ranked.position_down = least(cut_off.people, cut_off.people_above_zero)
)
SELECT * FROM final ORDER BY financial_year, scope, area_kind, area, cut
