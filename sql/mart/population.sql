-- Purpose: residents in the bands of this dataset. Grain: data zone × sex × age_band × year.
-- Inputs: the published estimate, data_zone_area. Conserves: every person of the partners' own zones; total rows are not people.
WITH person AS (
    SELECT
        population.DataZone AS data_zone, area.council, area.locality, area.simd_quintile,
        CASE population.Sex WHEN 'Male' THEN '1' WHEN 'Female' THEN '2' END AS sex,
        TRY_CAST(population.Age AS INTEGER) AS age, population.Year AS year, population.Population AS population
    FROM reference.population
    JOIN core.data_zone_area AS area ON area.data_zone = population.DataZone AND area.locality <> 'Outside Tayside'
),
final AS (
    SELECT
        data_zone, council, locality, simd_quintile, sex,
        CASE
            WHEN age < 18 THEN '0-17' WHEN age < 65 THEN '18-64' WHEN age < 75 THEN '65-74' WHEN age < 85 THEN '75-84' ELSE '85+'
        END AS age_band,
        year, CAST(sum(population) AS BIGINT) AS population
    FROM person
    WHERE sex IS NOT NULL AND age IS NOT NULL
    GROUP BY ALL
)
SELECT * FROM final ORDER BY data_zone, sex, age_band, year
