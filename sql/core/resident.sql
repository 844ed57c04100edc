-- Purpose: residents of the partners' area in bands of five years, for each financial year of the dataset.
-- Grain: financial_year × council × locality × simd_quintile × five_year_band × sex.
-- Inputs: the published estimate, data_zone_area, refresh. Conserves: every person of the partners' own zones; total rows are not people.
-- The estimate of a financial year is that of the latest mid-year not after the year it begins in, else the first.
WITH months AS (
    SELECT unnest(month_series(refresh.first_month, refresh.last_month)) AS month FROM core.refresh
),
financial AS (
    SELECT DISTINCT financial_year_of(month) AS financial_year, CAST(left(financial_year_of(month), 4) AS INTEGER) AS first_year FROM months
),
person AS (
    SELECT
        area.council, area.locality, area.simd_quintile, TRY_CAST(population.Age AS INTEGER) AS age,
        CASE population.Sex WHEN 'Male' THEN '1' WHEN 'Female' THEN '2' END AS sex,
        population.Year AS year, population.Population AS population
    FROM reference.population
    JOIN core.data_zone_area AS area ON area.data_zone = population.DataZone AND area.locality <> 'Outside Tayside'
),
estimate AS (
    SELECT
        financial.financial_year,
        coalesce(max(years.year) FILTER (WHERE years.year <= financial.first_year), min(years.year)) AS year
    FROM financial
    CROSS JOIN (SELECT DISTINCT year FROM person) AS years
    GROUP BY financial.financial_year
),
final AS (
    SELECT
        estimate.financial_year, person.council, person.locality, person.simd_quintile,
        five_year_band_of(person.age) AS five_year_band, person.sex,
        CAST(sum(person.population) AS BIGINT) AS population
    FROM person
    JOIN estimate USING (year)
    WHERE person.sex IS NOT NULL AND person.age IS NOT NULL
    GROUP BY ALL
)
SELECT * FROM final ORDER BY financial_year, council, locality, simd_quintile NULLS LAST, five_year_band, sex
