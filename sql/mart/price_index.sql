-- Purpose: by what a cost of one financial year is multiplied to be in the prices of another.
-- Grain: series × vintage × financial year × price year. Inputs: the reference table price_index.
-- Conserves: nothing; a year in its own prices has factor 1. Decimals throughout: levels to 12 places, then one division.
WITH RECURSIVE first_year AS (
    SELECT series, vintage, min(year) AS year FROM reference.price_index GROUP BY ALL
),
level AS (
    SELECT series, vintage, year, CAST(1 AS DECIMAL(18, 12)) AS level FROM first_year
    UNION ALL
    SELECT later.series, later.vintage, later.year, CAST(level.level * (1 + later.rate) AS DECIMAL(18, 12)) AS level
    FROM level
    JOIN reference.price_index AS later
        ON later.series = level.series AND later.vintage = level.vintage
        AND CAST(left(later.year, 4) AS INTEGER) = CAST(left(level.year, 4) AS INTEGER) + 1
),
whole AS (
    SELECT series, vintage, year, CAST(CAST(level AS DECIMAL(30, 12)) * 1000000000000 AS HUGEINT) AS level FROM level
),
final AS (
    SELECT
        cost.year AS financial_year, series, vintage, price.year AS price_year,
        CAST(
            CAST(rounded_quotient(price.level * CAST(1000000000000 AS HUGEINT), cost.level) AS DECIMAL(18, 0))
                * CAST(0.000000000001 AS DECIMAL(13, 12)) AS DECIMAL(18, 12)
        ) AS factor
    FROM whole AS cost
    JOIN whole AS price USING (series, vintage)
)
SELECT * FROM final ORDER BY financial_year, series, vintage, price_year
