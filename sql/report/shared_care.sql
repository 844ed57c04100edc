-- Purpose: who has care from both sectors, in the latest financial year. Grain: age_group × area_kind × area × care_group.
WITH latest AS (
    SELECT max(financial_year) AS financial_year FROM release.shared_care
)
SELECT age_group, area_kind, area, "group" AS care_group, people, cost
FROM release.shared_care
JOIN latest USING (financial_year)
ORDER BY age_group, area_kind, area, care_group
