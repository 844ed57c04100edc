-- Purpose: integrated cost of each locality by month, agency, service and kind of person, with the residents it is for.
-- Grain: council × locality × month × agency × service × age_band × sex × simd_quintile.
-- Inputs: client_month_cost, cost_line, population, data_zone_area.
-- Conserves: the cost of every line. Population is that of the latest year not after the month, else of the first year.
WITH resident AS (
    SELECT
        area.council, area.locality, population.age_band, population.sex, area.simd_quintile, population.year,
        CAST(sum(population.population) AS BIGINT) AS population
    FROM mart.population
    JOIN core.data_zone_area AS area USING (data_zone)
    GROUP BY ALL
),
year_of_month AS (
    SELECT
        months.month,
        coalesce(max(years.year) FILTER (WHERE years.year <= year(months.month)), min(years.year)) AS year
    FROM (SELECT DISTINCT month FROM core.cost_line) AS months
    CROSS JOIN (SELECT DISTINCT year FROM resident) AS years
    GROUP BY months.month
),
part AS (
    -- Of a person, one row for all lines of a month, agency and service; of nobody, each line.
    SELECT
        financial_year, month, council, hscp, locality, agency, sector, service, setting, age_band, sex, simd_quintile, person_id,
        units, cost
    FROM mart.client_month_cost
    UNION ALL
    SELECT
        financial_year, month, council, hscp, locality, agency, sector, service, setting, age_band, sex, simd_quintile, person_id,
        units, cost
    FROM core.cost_line
    WHERE person_id IS NULL
),
summed AS (
    SELECT
        financial_year, month, council, min(hscp) AS hscp, locality, agency, sector, service, setting, age_band, sex, simd_quintile,
        count(person_id) AS people,
        CAST(sum(units) AS DECIMAL(18, 4)) AS units,
        CAST(sum(cost) AS DECIMAL(18, 2)) AS cost
    FROM part
    GROUP BY ALL
),
final AS (
    SELECT
        summed.*, resident.population,
        CASE WHEN resident.population > 0 THEN pounds(rounded_quotient(pence(summed.cost), CAST(resident.population AS HUGEINT))) END
            AS cost_per_head
    FROM summed
    LEFT JOIN year_of_month USING (month)
    LEFT JOIN resident
        ON resident.council = summed.council AND resident.locality = summed.locality
        AND resident.age_band = summed.age_band AND resident.sex = summed.sex
        AND resident.simd_quintile = summed.simd_quintile AND resident.year = year_of_month.year
)
SELECT * FROM final
ORDER BY month, council, locality, agency, service, age_band, sex, simd_quintile NULLS LAST
