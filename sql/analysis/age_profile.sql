-- Purpose: people, residents and cost by age, sex, home and deprivation, for each scope.
-- Grain: financial_year × scope × council × locality × simd_quintile × five_year_band × sex × has_died.
-- Inputs: person_year, person, resident. Conserves: the cost of every line with a person, in scope all; every resident in each scope.
WITH scopes AS (
    SELECT unnest(['all', 'nhs', 'social_care', 'institutional', 'community']) AS scope
),
person_scope AS (
    SELECT
        person_year.financial_year, scopes.scope, person.council, person.locality, person.simd_quintile, person_year.five_year_band,
        person.sex, person_year.has_died,
        cost_in_scope(
            scopes.scope, person_year.cost, person_year.nhs_cost, person_year.social_care_cost, person_year.institutional_cost,
            person_year.community_cost
        ) AS cost
    FROM mart.person_year
    JOIN mart.person USING (person_id)
    CROSS JOIN scopes
),
spent AS (
    SELECT
        financial_year, scope, council, locality, coalesce(simd_quintile, 0) AS fifth, five_year_band, sex, has_died,
        count(*) AS people, sum(cost) AS cost, sum(CAST(cost AS DECIMAL(18, 2)) * CAST(cost AS DECIMAL(18, 2))) AS cost_squared
    FROM person_scope
    WHERE cost IS NOT NULL
    GROUP BY ALL
),
lived AS (
    -- Nobody counts the residents who die: all of them stand beside those who do not.
    SELECT
        resident.financial_year, scopes.scope, resident.council, resident.locality, coalesce(resident.simd_quintile, 0) AS fifth,
        resident.five_year_band, resident.sex, FALSE AS has_died, resident.population
    FROM core.resident
    CROSS JOIN scopes
),
months AS (
    SELECT unnest(month_series(refresh.first_month, refresh.last_month)) AS month FROM core.refresh
),
counted AS (
    SELECT financial_year_of(month) AS financial_year, count(*) AS months FROM months GROUP BY financial_year_of(month)
),
final AS (
    SELECT
        financial_year, scope, council, locality, nullif(fifth, 0) AS simd_quintile, five_year_band, sex, has_died, counted.months,
        coalesce(spent.people, 0) AS people, lived.population,
        share_of(lived.population * counted.months, 12) AS person_years,
        CAST(coalesce(spent.cost, 0) AS DECIMAL(18, 2)) AS cost,
        CAST(coalesce(spent.cost_squared, 0) AS DECIMAL(38, 4)) AS cost_squared
    FROM spent
    FULL JOIN lived USING (financial_year, scope, council, locality, fifth, five_year_band, sex, has_died)
    JOIN counted USING (financial_year)
)
SELECT * FROM final
ORDER BY financial_year, scope, council, locality, simd_quintile NULLS LAST, five_year_band, sex, has_died
