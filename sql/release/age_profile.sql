-- Purpose: cells of age_profile that are not the people of person_year. Grain: its cells. Holds when empty.
WITH scopes AS (
    SELECT unnest(['all', 'nhs', 'social_care', 'institutional', 'community']) AS scope
),
person_scope AS (
    SELECT
        person_year.financial_year, scopes.scope, person.council, person.locality, coalesce(person.simd_quintile, 0) AS fifth,
        person_year.five_year_band, person.sex, person_year.has_died,
        cost_in_scope(
            scopes.scope, person_year.cost, person_year.nhs_cost, person_year.social_care_cost, person_year.institutional_cost,
            person_year.community_cost
        ) AS cost
    FROM release.person_year
    JOIN release.person USING (person_id)
    CROSS JOIN scopes
),
spent AS (
    SELECT
        financial_year, scope, council, locality, fifth, five_year_band, sex, has_died, count(*) AS people, sum(cost) AS cost,
        sum(CAST(cost AS DECIMAL(18, 2)) * CAST(cost AS DECIMAL(18, 2))) AS cost_squared
    FROM person_scope
    WHERE cost IS NOT NULL
    GROUP BY ALL
),
cell AS (
    SELECT
        financial_year, scope, council, locality, coalesce(simd_quintile, 0) AS fifth, five_year_band, sex, has_died, people, cost,
        cost_squared
    FROM release.age_profile
)
SELECT financial_year, scope, council, locality, fifth, five_year_band, sex, has_died
FROM cell
FULL JOIN spent USING (financial_year, scope, council, locality, fifth, five_year_band, sex, has_died)
WHERE (cell.people, cell.cost, cell.cost_squared)
    IS DISTINCT FROM (coalesce(spent.people, 0), coalesce(spent.cost, 0), coalesce(spent.cost_squared, 0))
ORDER BY ALL
