-- Purpose: areas in which age_profile has other residents than population. Grain: financial_year × scope × council × locality ×
-- simd_quintile × sex, of all ages and of those of 65 and over. Holds when empty.
WITH years AS (
    SELECT
        profile.financial_year,
        coalesce(
            max(population.year) FILTER (WHERE population.year <= CAST(left(profile.financial_year, 4) AS INTEGER)), min(population.year)
        ) AS year
    FROM (SELECT DISTINCT financial_year FROM release.age_profile) AS profile
    CROSS JOIN (SELECT DISTINCT year FROM release.population) AS population
    GROUP BY profile.financial_year
),
scopes AS (
    SELECT DISTINCT financial_year, scope FROM release.age_profile
),
estimate AS (
    SELECT
        scopes.financial_year, scopes.scope, population.council, population.locality, coalesce(population.simd_quintile, 0) AS fifth,
        population.sex, sum(population.population) AS residents,
        sum(population.population) FILTER (WHERE is_in_age_group('65+', population.age_band)) AS residents_from_65
    FROM release.population
    JOIN years USING (year)
    JOIN scopes USING (financial_year)
    GROUP BY ALL
),
profile AS (
    SELECT
        financial_year, scope, council, locality, coalesce(simd_quintile, 0) AS fifth, sex, sum(population) AS residents,
        sum(population) FILTER (WHERE is_in_age_group('65+', five_year_band)) AS residents_from_65
    FROM release.age_profile
    WHERE population IS NOT NULL
    GROUP BY ALL
)
SELECT financial_year, scope, council, locality, fifth, sex
FROM profile
FULL JOIN estimate USING (financial_year, scope, council, locality, fifth, sex)
WHERE (profile.residents, profile.residents_from_65) IS DISTINCT FROM (estimate.residents, estimate.residents_from_65)
ORDER BY ALL
