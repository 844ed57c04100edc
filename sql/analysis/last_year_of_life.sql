-- Purpose: what the last twelve months of life cost: the month of death and the eleven before it.
-- Grain: financial_year of death × age_group × area_kind × area × sector × setting. Inputs: person_year, person, client_month_cost.
-- Conserves: the cost, in those months, of everybody with a home in the partners' area who died in the dataset's months and for
-- whom it has all twelve.
WITH first_of_all AS (
    SELECT min(month) AS month FROM mart.control_total
),
age_groups AS (
    SELECT unnest(['all', '65+', '75+']) AS age_group
),
area_kinds AS (
    SELECT unnest(['tayside', 'council', 'locality', 'simd_quintile', 'council_simd_quintile']) AS area_kind
),
death AS (
    SELECT
        person_year.financial_year, person_year.person_id, person_year.five_year_band, person.council, person.locality,
        person.simd_quintile, person.month_of_death
    FROM mart.person_year
    JOIN mart.person USING (person_id)
    CROSS JOIN first_of_all
    WHERE
        person_year.has_died AND is_own_area(person.council, person.locality)
        AND first_of_all.month <= person.month_of_death - INTERVAL 11 MONTH
),
care AS (
    SELECT sectors.sector, settings.setting
    FROM (SELECT unnest(['nhs', 'social_care']) AS sector) AS sectors
    CROSS JOIN (SELECT unnest(['institutional', 'community']) AS setting) AS settings
),
spent AS (
    SELECT death.person_id, cost.sector, cost.setting, sum(cost.cost) AS cost
    FROM death
    JOIN mart.client_month_cost AS cost
        ON cost.person_id = death.person_id
        AND cost.month BETWEEN death.month_of_death - INTERVAL 11 MONTH AND death.month_of_death
    GROUP BY death.person_id, cost.sector, cost.setting
),
summed AS (
    SELECT
        death.financial_year, age_groups.age_group, area_kinds.area_kind,
        area_of(area_kinds.area_kind, death.council, death.locality, death.simd_quintile) AS area, care.sector, care.setting,
        count(*) AS people, CAST(coalesce(sum(spent.cost), 0) AS DECIMAL(18, 2)) AS cost
    FROM death
    CROSS JOIN care
    LEFT JOIN spent ON spent.person_id = death.person_id AND spent.sector = care.sector AND spent.setting = care.setting
    JOIN age_groups ON is_in_age_group(age_groups.age_group, death.five_year_band)
    CROSS JOIN area_kinds
    GROUP BY ALL
),
final AS (
    SELECT summed.*, pounds(rounded_quotient(pence(cost), CAST(people AS HUGEINT))) AS cost_per_person FROM summed
)
SELECT * FROM final ORDER BY financial_year, age_group, area_kind, area, sector, setting
