-- Purpose: how much the release covers. Grain: one row.
SELECT
    min(month) AS first_month, max(month) AS last_month, max(financial_year) AS financial_year,
    count(DISTINCT month) AS months, CAST(sum(published) AS DECIMAL(18, 2)) AS cost,
    (SELECT count(*) FROM release.person) AS people, sum(lines) AS lines
FROM release.control_total
