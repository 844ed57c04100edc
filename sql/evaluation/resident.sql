-- Purpose: how many people live in each place, month by month. Grain: council × locality × month.
-- Inputs: population; $age_group, $months (YYYY-MM). Conserves: every resident of the age group.
-- The estimate is that of the latest year not after the month, else of the first year, as in locality_month_cost.
WITH months AS (
    SELECT unnest($months) AS month
),
lived AS (
    SELECT council, locality, year, sum(population) AS residents
    FROM release.population
    WHERE is_in_age_group($age_group, age_band) AND is_own_area(council, locality)
    GROUP BY ALL
),
year_of_month AS (
    SELECT
        months.month, coalesce(max(lived.year) FILTER (WHERE lived.year <= CAST(left(months.month, 4) AS INTEGER)), min(lived.year)) AS year
    FROM months
    CROSS JOIN lived
    GROUP BY months.month
),
final AS (
    SELECT lived.council, lived.locality, year_of_month.month, CAST(lived.residents AS BIGINT) AS residents
    FROM year_of_month
    JOIN lived USING (year)
)
SELECT * FROM final ORDER BY council, locality, month
