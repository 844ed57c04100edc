-- Purpose: standardised cost of every area in the latest financial year; the figures of fewer than 5 people are NULL.
-- Grain: scope × age_group × area_kind × area.
WITH latest AS (
    SELECT max(financial_year) AS financial_year FROM release.standardised_cost
)
SELECT
    standardised_cost.financial_year,
    standardised_cost.scope,
    standardised_cost.age_group,
    standardised_cost.area_kind,
    standardised_cost.area,
    standardised_cost.months,
    standardised_cost.people,
    standardised_cost.population,
    standardised_cost.person_years,
    CASE WHEN people BETWEEN 1 AND 4 THEN NULL ELSE standardised_cost.cost END AS cost,
    standardised_cost.share_without_person,
    CASE WHEN people BETWEEN 1 AND 4 THEN NULL ELSE standardised_cost.cost_per_head END AS cost_per_head,
    CASE WHEN people BETWEEN 1 AND 4 THEN NULL ELSE standardised_cost.standardised_cost_per_head END AS standardised_cost_per_head,
    CASE WHEN people BETWEEN 1 AND 4 THEN NULL ELSE standardised_cost.standard_error END AS standard_error,
    CASE WHEN people BETWEEN 1 AND 4 THEN NULL ELSE standardised_cost.lower END AS lower,
    CASE WHEN people BETWEEN 1 AND 4 THEN NULL ELSE standardised_cost.upper END AS upper,
    CASE WHEN people BETWEEN 1 AND 4 THEN NULL ELSE standardised_cost.index END AS index,
    standardised_cost.pooled_cells
FROM release.standardised_cost
JOIN latest ON latest.financial_year = standardised_cost.financial_year
ORDER BY scope, age_group, area_kind, area
