-- Purpose: cells in which locality_month_cost differs from the lines. Grain: its own cells. Holds when empty.
WITH line AS (
    SELECT
        council, locality, month, agency, service, age_band, sex, coalesce(simd_quintile, 0) AS quintile,
        count(DISTINCT person_id) AS people, sum(units) AS units, sum(cost) AS cost
    FROM release.cost_line
    GROUP BY ALL
),
cell AS (
    SELECT council, locality, month, agency, service, age_band, sex, coalesce(simd_quintile, 0) AS quintile, people, units, cost
    FROM release.locality_month_cost
)
SELECT agency, service, month, council, locality
FROM cell
FULL JOIN line USING (council, locality, month, agency, service, age_band, sex, quintile)
WHERE (cell.people, cell.units, cell.cost) IS DISTINCT FROM (line.people, line.units, line.cost)
ORDER BY ALL
