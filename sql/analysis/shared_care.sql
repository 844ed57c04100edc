-- Purpose: how many residents have care from health and social care both, from one or from neither, and what it costs.
-- Grain: financial_year × age_group × area_kind × area × group. Inputs: person_year, person, age_profile.
-- Conserves: the cost of every person with a home in the partners' area, in each kind of area; every resident.
WITH age_groups AS (
    SELECT unnest(['all', '65+', '75+']) AS age_group
),
area_kinds AS (
    SELECT unnest(['tayside', 'council', 'locality', 'simd_quintile', 'council_simd_quintile']) AS area_kind
),
person_group AS (
    -- Small first: a person is in many groups of ages and areas.
    SELECT
        person_year.financial_year, person.council, person.locality, person.simd_quintile, person_year.five_year_band,
        CASE
            WHEN person_year.nhs_cost IS NULL THEN 'social_care_only' WHEN person_year.social_care_cost IS NULL THEN 'nhs_only' ELSE 'both'
        END AS care_group,
        count(*) AS people, sum(person_year.cost) AS cost
    FROM mart.person_year
    JOIN mart.person USING (person_id)
    WHERE person_year.cost IS NOT NULL AND is_own_area(person.council, person.locality)
    GROUP BY ALL
),
cared_for AS (
    SELECT
        person_group.financial_year, age_groups.age_group, area_kinds.area_kind,
        area_of(area_kinds.area_kind, person_group.council, person_group.locality, person_group.simd_quintile) AS area,
        person_group.care_group, CAST(sum(person_group.people) AS BIGINT) AS people,
        CAST(sum(person_group.cost) AS DECIMAL(18, 2)) AS cost
    FROM person_group
    JOIN age_groups ON is_in_age_group(age_groups.age_group, person_group.five_year_band)
    CROSS JOIN area_kinds
    GROUP BY ALL
),
lived AS (
    SELECT
        profile.financial_year, age_groups.age_group, area_kinds.area_kind,
        area_of(area_kinds.area_kind, profile.council, profile.locality, profile.simd_quintile) AS area,
        CAST(sum(profile.population) AS BIGINT) AS residents
    FROM analysis.age_profile AS profile
    JOIN age_groups ON is_in_age_group(age_groups.age_group, profile.five_year_band)
    CROSS JOIN area_kinds
    WHERE profile.scope = 'all' AND is_own_area(profile.council, profile.locality)
    GROUP BY ALL
),
cared_for_in_all AS (
    SELECT financial_year, age_group, area_kind, area, sum(people) AS people FROM cared_for GROUP BY ALL
),
neither AS (
    SELECT
        lived.financial_year, lived.age_group, lived.area_kind, lived.area, 'neither' AS care_group,
        CASE
            WHEN lived.residents >= coalesce(cared_for_in_all.people, 0) THEN
                CAST(lived.residents - coalesce(cared_for_in_all.people, 0) AS BIGINT)
        END AS people,
        CAST(0 AS DECIMAL(18, 2)) AS cost
    FROM lived
    LEFT JOIN cared_for_in_all USING (financial_year, age_group, area_kind, area)
),
grouped AS (
    SELECT * FROM cared_for
    UNION ALL
    SELECT * FROM neither
),
final AS (
    SELECT financial_year, age_group, area_kind, area, care_group AS "group", people, cost FROM grouped
)
SELECT * FROM final ORDER BY financial_year, age_group, area_kind, area, "group"
